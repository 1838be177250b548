package io.asynctools.demo;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Counts what the clients see, until the second is over. Thread-safe. */
final class Tally {
  private final Map<Answer, Integer> answers = new EnumMap<>(Answer.class);
  private long offered;
  private long outstanding;
  private long[] latencies = new long[256];

  synchronized void sent() {
    offered++;
    outstanding++;
  }

  synchronized void answered(Answer answer, long latencyNanos) {
    if (answer == Answer.GOOD) {
      int good = count(Answer.GOOD);
      if (good == latencies.length) {
        latencies = Arrays.copyOf(latencies, latencies.length * 2);
      }
      latencies[good] = latencyNanos;
    }
    ended(answer);
  }

  synchronized void unanswered() {
    ended(Answer.ERROR);
  }

  /** How many requests are still to be answered. */
  synchronized long outstanding() {
    return outstanding;
  }

  /** What was counted since the last call; what the gateway did is the gateway's to tell. */
  synchronized SecondStats endSecond(long admitted, long retries) {
    SecondStats second =
        new SecondStats(
            offered,
            admitted,
            retries,
            count(Answer.REFUSED),
            count(Answer.CIRCUIT_OPEN),
            count(Answer.GOOD),
            count(Answer.ERROR),
            Latencies.ofNanos(latencies, count(Answer.GOOD)));
    offered = 0;
    answers.clear();
    return second;
  }

  private void ended(Answer answer) {
    answers.merge(answer, 1, Integer::sum);
    outstanding--;
  }

  private int count(Answer answer) {
    return answers.getOrDefault(answer, 0);
  }
}
