package io.asynctools.demo;

/**
 * What the clients of the gateway, and its upstream, saw in a second, or in several.
 *
 * @param offered requests sent
 * @param admitted calls that the gateway made to the upstream
 * @param retries how many of them were not the first for their request
 * @param refused answers 429
 * @param circuitOpen answers 503 of the gateway's breaker
 * @param good answers 200
 * @param errors all other answers, and requests that got no answer
 * @param latencies from when each request was due to its answer, of good answers alone: a quick
 *     error is not quick service
 */
record SecondStats(
    long offered,
    long admitted,
    long retries,
    long refused,
    long circuitOpen,
    long good,
    long errors,
    Latencies latencies) {
  static final SecondStats NONE = new SecondStats(0, 0, 0, 0, 0, 0, 0, Latencies.NONE);

  SecondStats plus(SecondStats other) {
    return new SecondStats(
        offered + other.offered,
        admitted + other.admitted,
        retries + other.retries,
        refused + other.refused,
        circuitOpen + other.circuitOpen,
        good + other.good,
        errors + other.errors,
        latencies.plus(other.latencies));
  }

  /** What a client takes for a failure of the service. */
  long failed() {
    return errors + circuitOpen;
  }

  /** Requests of which a call reached the upstream. */
  long firstAttempts() {
    return admitted - retries;
  }
}
