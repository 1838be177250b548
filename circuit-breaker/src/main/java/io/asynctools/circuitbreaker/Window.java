package io.asynctools.circuitbreaker;

/** The outcomes of the last calls. Thread-safe, lock-free; recording one allocates nothing. */
interface Window {
  /** Neither failed nor slow. */
  int GOOD = 0;

  /** A bit of an outcome. */
  int FAILED = 1;

  /** A bit of an outcome. */
  int SLOW = 2;

  /**
   * Whether recording an outcome now would leave the window as it is, so that nobody could tell.
   */
  boolean isUnchangedBy(int outcome);

  /** Whether a good outcome is recorded with its time. */
  boolean asksForTheTime();

  /**
   * Records an outcome.
   *
   * @param now the time; 0 for a good outcome where nobody asks for it
   * @return whether the breaker trips, by the outcomes up to this one
   */
  boolean record(int outcome, long now, BreakerRule rule);

  int failures(long now);

  /** Returns whether it surely holds no failure, without summing up. */
  boolean hasForgottenFailures(long now);

  int slowCalls(long now);

  int calls(long now);

  /** Whether there is neither a failure nor a slow call in it. */
  boolean isSpotless(long now);
}
