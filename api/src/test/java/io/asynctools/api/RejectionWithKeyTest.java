package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.RejectedException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code RejectedException.withKey}: what a limiter of many keys adds to a rejection. */
@Tag("unit")
class RejectionWithKeyTest {
  private final Exception cause = new IllegalStateException("of the callee");

  /** A rejection of an implementation that we do not know. */
  private static final class StrangeRejection extends RejectedException {
    private static final long serialVersionUID = 1L;
    private final int tenants;

    StrangeRejection(Throwable cause, int tenants) {
      super("strange", Reason.CONCURRENCY, Duration.ofMillis(1_500), null, cause);
      this.tenants = tenants;
    }
  }

  @Test
  void theCopyKeepsClassReasonCauseAndWhatTheSubclassAdds() {
    StrangeRejection original = new StrangeRejection(cause, 7);

    RejectedException copy = original.withKey("acme");

    assertThat(copy).isExactlyInstanceOf(StrangeRejection.class).isNotSameAs(original);
    assertThat(((StrangeRejection) copy).tenants).isEqualTo(7);
    assertThat(copy.key()).contains("acme");
    assertThat(copy.limiter()).isEqualTo("strange");
    assertThat(copy.reason()).isEqualTo(Reason.CONCURRENCY);
    assertThat(copy.retryAfter()).contains(Duration.ofMillis(1_500));
    assertThat(copy)
        .hasCause(cause)
        .hasMessageContaining("'strange'")
        .hasMessageContaining("'acme'");
    assertThat(copy.toString()).contains("'acme'");
    assertThat(copy.getStackTrace()).isEqualTo(original.getStackTrace());
  }

  /** A limiter may throw one instance for all its rejections. */
  @Test
  void theOriginalIsUnchanged() {
    RejectedException shared = new RateLimitExceededException("shared", Reason.RATE, null);

    assertThat(shared.withKey("a").key()).contains("a");
    assertThat(shared.withKey("b").key()).contains("b");
    assertThat(shared.key()).isEmpty();
    assertThat(shared.getMessage()).doesNotContain("key");
  }

  @Test
  void aRejectionWithoutCauseStaysWithoutOne() {
    RejectedException copy = new LimiterClosedException("closed").withKey("a");

    assertThat(copy).isInstanceOf(LimiterClosedException.class).hasNoCause();
    assertThatExceptionOfType(IllegalStateException.class)
        .as("as for the original, which was made with its cause")
        .isThrownBy(() -> copy.initCause(cause));
  }

  @Test
  void theKeyIsShortenedAndEscaped() {
    RejectedException copy =
        new LimiterClosedException("closed").withKey("line\n" + "x".repeat(100));

    assertThat(copy.key().orElseThrow()).startsWith("line\\u000a").endsWith("x…");
    assertThat(copy.getMessage()).doesNotContain("\n");
  }

  @Test
  void nullIsRejected() {
    RejectedException original = new LimiterClosedException("closed");
    assertThatNullPointerException().isThrownBy(() -> original.withKey(null)).withMessage("key");
  }

  @Test
  void theKeySurvivesSerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new StrangeRejection(cause, 7).withKey("acme"));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat((RejectedException) in.readObject())
          .hasMessageContaining("'acme'")
          .satisfies(e -> assertThat(e.key()).contains("acme"));
    }
  }
}
