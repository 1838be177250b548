package io.asynctools.api;

import io.asynctools.api.spi.MessageText;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The known word nearest to one that is not known. */
final class Nearest {
  private static final String GROUP = ".*";
  private static final int LONGEST = 100; // longer words are no misspelling, and cost time
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private Nearest() {}

  /**
   * How to end the sentence that names the word: {@code ; did you mean 'rate'?}, or a full stop.
   */
  static String endOfSentence(String word, Collection<String> known) {
    return endOfSentence("", word, known);
  }

  /** The same for words that stand behind a path, which the suggestion shows too. */
  static String endOfSentence(String path, String word, Collection<String> known) {
    String best = word.length() > LONGEST ? null : best(word, known);
    if (best == null) {
      return ".";
    }
    String quoted =
        MessageText.quoteName(path + best); // what is meant in a group ends as the word does
    return quoted.startsWith("'") ? "; did you mean " + quoted + "?" : ".";
  }

  private static @Nullable String best(String word, Collection<String> known) {
    String kebab = kebab(word);
    String best = null;
    int least = Math.max(2, word.length() / 2); // further away is no likeness
    for (String candidate : known) {
      String meant = inGroup(kebab, candidate);
      int distance = likeness(kebab, meant);
      if (distance < least || (distance == least && best == null)) {
        best = meant;
        least = distance;
      }
    }
    return best;
  }

  /** What a name of a group stands for: {@code limiter.*} for {@code limitr.rate}. */
  private static String inGroup(String word, String candidate) {
    int dot = word.lastIndexOf('.');
    return candidate.endsWith(GROUP) && dot > 0
        ? candidate.substring(0, candidate.length() - 1) + word.substring(dot + 1)
        : candidate;
  }

  private static int likeness(String word, String candidate) {
    if (bare(word).equals(bare(candidate))) {
      return 0; // only case and the marks between the words differ
    }
    if (isPart(word, candidate) || isPart(candidate, word)) {
      return 1;
    }
    return distance(word, candidate);
  }

  /**
   * Half of a longer word, or its last part: {@code wait} of max-wait, {@code uri} of redis.uri.
   */
  private static boolean isPart(String part, String whole) {
    return !part.isEmpty()
        && (whole.startsWith(part + "-")
            || whole.endsWith("-" + part)
            || whole.endsWith("." + part));
  }

  private static String kebab(String word) {
    return HUMP.matcher(word).replaceAll("-").replace('_', '-').toLowerCase(Locale.ROOT);
  }

  private static String bare(String word) {
    return word.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
  }

  /** Levenshtein's distance, a row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
