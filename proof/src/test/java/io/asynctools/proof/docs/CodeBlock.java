package io.asynctools.proof.docs;

import io.asynctools.proof.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of code in a documentation page.
 *
 * @param page the page, relative to the repository
 * @param line the line of the page at which the code starts
 * @param language what the fence names, for example {@code java}
 * @param given code that runs before the block and that readers do not see, from a comment {@code
 *     <!-- given: … -->} above the block
 * @param code the code
 */
record CodeBlock(String page, int line, String language, String given, String code) {
  private static final Pattern GIVEN =
      Pattern.compile("<!-- given:(.*?)-->\\s*\\z", Pattern.DOTALL);
  private static final Pattern FENCE =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern PRINTS = Pattern.compile("// prints: (.*)$", Pattern.MULTILINE);

  /** Returns the code blocks of a page in one language, in order. */
  static List<CodeBlock> of(Path page, String language) {
    String text = Repository.text(page);
    List<CodeBlock> blocks = new ArrayList<>();
    Matcher fence = FENCE.matcher(text);
    int end = 0;
    while (fence.find()) {
      if (fence.group(1).equals(language)) {
        String before = text.substring(end, fence.start());
        Matcher given = GIVEN.matcher(before);
        int line = (int) text.substring(0, fence.start(2)).lines().count() + 1;
        blocks.add(
            new CodeBlock(
                Repository.fromRoot(page),
                line,
                language,
                given.find() ? given.group(1).strip() : "",
                fence.group(2)));
      }
      end = fence.end();
    }
    return blocks;
  }

  /** Returns what the code says that it prints: each line after {@code // prints:}. */
  List<String> expectedOutput() {
    return PRINTS.matcher(code).results().map(result -> result.group(1).strip()).toList();
  }

  @Override
  public String toString() {
    return page + ":" + line;
  }
}
