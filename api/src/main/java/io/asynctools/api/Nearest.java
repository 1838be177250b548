package io.asynctools.api;

import java.util.Collection;

/** The known word nearest to one that is not known. */
final class Nearest {
  private Nearest() {}

  /**
   * How to end the sentence that names the word: {@code ; did you mean 'rate'?}, or a full stop.
   */
  static String endOfSentence(String word, Collection<String> known) {
    String best = null;
    int least = Math.max(2, word.length() / 2); // further away is no likeness
    for (String candidate : known) {
      int distance =
          candidate.startsWith(word + "-") || candidate.endsWith("-" + word)
              ? 1 // half of a longer word
              : distance(word, candidate);
      if (distance < least || (distance == least && best == null)) {
        best = candidate;
        least = distance;
      }
    }
    return best == null ? "." : "; did you mean '" + best + "'?";
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
