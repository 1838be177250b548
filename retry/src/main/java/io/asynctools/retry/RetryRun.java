package io.asynctools.retry;

import io.asynctools.api.spi.Failures;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Where one call stands: which attempt it is at, when it began, what the last delay was. Both forms
 * of a call decide here what follows an attempt. Not thread-safe: attempts follow one another, and
 * so do the threads that end them.
 */
final class RetryRun {
  static final long NO_RETRY = -1;

  private final RetryRules rules;
  private final long begun;
  private final BooleanSupplier unwanted;
  private int attempt = 1;
  private long backedOff;

  /**
   * A call at its first attempt.
   *
   * @param begun what {@link RetryRules#begin} gave
   * @param unwanted whether nobody wants the outcome any more
   */
  RetryRun(RetryRules rules, long begun, BooleanSupplier unwanted) {
    this.rules = rules;
    this.begun = begun;
    this.unwanted = unwanted;
    this.backedOff = rules.backoff.initialNanos();
  }

  /** The number of the attempt that runs, or is waited for: from 1. */
  int attempt() {
    return attempt;
  }

  /**
   * What follows the outcome of an attempt: the nanoseconds to wait for the next, or {@link
   * #NO_RETRY} if this outcome is the last. The budget is asked last, so that nothing is spent on a
   * retry that does not come, and the listener hears only of one that does.
   */
  long next(Outcome<?> outcome) {
    Throwable error = outcome.error() == null ? null : Failures.unwrap(outcome.error());
    Object result = outcome.value();
    if (!rules.askForRetry(error, result) || attempt >= rules.maxAttempts) {
      return NO_RETRY;
    }
    backedOff = rules.backoff.nanosAfter(attempt, backedOff);
    long nanos = rules.delayNanos(error, result, attempt + 1, backedOff);
    if (rules.hasDeadline() && nanos >= rules.nanosLeft(begun)) {
      return NO_RETRY;
    }
    if (unwanted.getAsBoolean() || !rules.budgetAllows()) {
      return NO_RETRY;
    }
    attempt++;
    rules.tell(error, attempt, nanos);
    return nanos;
  }

  /** After the wait: whether it took so long that no attempt is worth starting. */
  boolean isTooLate() {
    return unwanted.getAsBoolean() || (rules.hasDeadline() && rules.nanosLeft(begun) <= 0);
  }

  /** How long the attempt that starts now may take, or {@link RetryRules#UNLIMITED}. */
  long attemptNanos() {
    return rules.attemptNanos(begun);
  }

  /** What an attempt ends with whose time has just passed. */
  TimeoutException timeout(int late) {
    return rules.timeout(begun, late);
  }
}
