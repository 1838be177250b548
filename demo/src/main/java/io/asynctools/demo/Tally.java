package io.asynctools.demo;

import java.util.Arrays;

/** Counts what the clients see, until the second is over. Thread-safe. */
final class Tally {
  private long offered;
  private long refused;
  private long good;
  private long errors;
  private long outstanding;
  private long[] latencies = new long[256];

  synchronized void sent() {
    offered++;
    outstanding++;
  }

  synchronized void answered(int status, long latencyNanos) {
    outstanding--;
    if (status == 200) {
      if (good == latencies.length) {
        latencies = Arrays.copyOf(latencies, latencies.length * 2);
      }
      latencies[(int) good] = latencyNanos;
      good++;
    } else if (status == 429) {
      refused++;
    } else {
      errors++;
    }
  }

  synchronized void unanswered() {
    outstanding--;
    errors++;
  }

  /** How many requests are still to be answered. */
  synchronized long outstanding() {
    return outstanding;
  }

  /** What was counted since the last call; {@code admitted} is the gateway's to tell. */
  synchronized SecondStats endSecond(long admitted) {
    SecondStats second =
        new SecondStats(
            offered, admitted, refused, good, errors, Latencies.ofNanos(latencies, (int) good));
    offered = 0;
    refused = 0;
    good = 0;
    errors = 0;
    return second;
  }
}
