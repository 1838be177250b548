package io.asynctools.proof.promises;

import io.asynctools.proof.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A promise of {@code docs/semantics.md}.
 *
 * @param name as tests name it: {@code All 3}, {@code Token bucket 1}; or {@code Composition},
 *     where a section has no numbers
 * @param section the heading that it stands under
 * @param summary what it says, in short
 */
record Promise(String name, String section, String summary) {
  private static final Pattern SECTION = Pattern.compile("^## (.+)$");
  private static final Pattern NUMBERED = Pattern.compile("^(\\d+)\\. (.+)$");
  private static final Pattern BOLD = Pattern.compile("^\\*\\*(.+?)\\*\\*");
  private static final Pattern SENTENCE = Pattern.compile("^(.+?)(?:[.;](?: |$)| \\(|$)");

  static List<Promise> published() {
    return in(Repository.text(Repository.root().resolve("docs/semantics.md")));
  }

  static List<Promise> in(String page) {
    List<Promise> promises = new ArrayList<>();
    for (String text : page.split("(?m)^(?=## )")) {
      Matcher heading = SECTION.matcher(text.lines().findFirst().orElse(""));
      if (!heading.matches()) {
        continue; // what stands before the first section
      }
      String section = heading.group(1);
      String body = text.substring(text.indexOf('\n') + 1).strip();
      List<Promise> numbered = numbered(section, body);
      promises.addAll(
          numbered.isEmpty() ? List.of(new Promise(section, section, summary(body))) : numbered);
    }
    return promises;
  }

  private static List<Promise> numbered(String section, String body) {
    String family = section.equals("All limiters") ? "All" : section;
    List<Promise> promises = new ArrayList<>();
    for (String item : body.split("(?m)^(?=\\d+\\. )")) {
      Matcher numbered = NUMBERED.matcher(item.replaceAll("\\s+", " ").strip());
      if (numbered.matches()) {
        String name = family + " " + numbered.group(1);
        promises.add(new Promise(name, section, summary(numbered.group(2))));
      }
    }
    return promises;
  }

  /** What stands in bold at its start, if that is more than the name of a thing; or a sentence. */
  private static String summary(String text) {
    String line = text.replaceAll("\\s+", " ");
    Matcher bold = BOLD.matcher(line);
    if (bold.find() && bold.group(1).contains(" ")) {
      return bold.group(1).replaceAll("\\.$", "");
    }
    Matcher sentence = SENTENCE.matcher(line.replace("**", ""));
    return sentence.find() ? sentence.group(1) : line;
  }

  /** Where the promise is published, seen from {@code docs}. */
  String link() {
    String anchor = section.toLowerCase(Locale.ROOT).replace(' ', '-');
    return "[" + name + "](semantics.md#" + anchor + ")";
  }
}
