package io.asynctools.demo;

/**
 * What the clients of the gateway saw in a second, or in several.
 *
 * @param offered requests sent
 * @param admitted requests that the gateway let through to the upstream
 * @param refused answers 429
 * @param good answers 200
 * @param errors answers of any other status, and requests that got no answer
 * @param latencies from when each request was due to its answer, of good answers alone: a quick
 *     error is not quick service
 */
record SecondStats(
    long offered, long admitted, long refused, long good, long errors, Latencies latencies) {
  static final SecondStats NONE = new SecondStats(0, 0, 0, 0, 0, Latencies.NONE);

  SecondStats plus(SecondStats other) {
    return new SecondStats(
        offered + other.offered,
        admitted + other.admitted,
        refused + other.refused,
        good + other.good,
        errors + other.errors,
        latencies.plus(other.latencies));
  }
}
