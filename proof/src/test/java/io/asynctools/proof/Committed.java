package io.asynctools.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that are derived from the sources and committed all the same, because people read them, or
 * because their changes are to be seen in review. A test compares each with what it derives; with
 * {@code -Dproof.renew=true}, as {@code ./run.sh renew} says it, the test writes it instead.
 */
public final class Committed {
  private Committed() {}

  /** Fails, and says how to renew it, if the file is not what was derived. */
  public static void holds(Path file, String derived) throws IOException {
    if (Boolean.getBoolean("proof.renew")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, derived, UTF_8);
      return;
    }
    String is = Files.exists(file) ? Repository.text(file) : "";
    assertThat(is)
        .as(
            "%s is not what the sources say. If they are right: ./run.sh renew, then look at what"
                + " git says has changed, and commit it",
            Repository.fromRoot(file))
        .isEqualTo(derived);
  }
}
