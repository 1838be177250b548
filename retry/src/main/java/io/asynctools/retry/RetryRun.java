package io.asynctools.retry;

import io.asynctools.api.spi.Failures;
import io.asynctools.retry.RetryEvent.Kind;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
  private volatile int started = 1; // read also by the one who ends the call from outside
  private Kind end = Kind.SUCCEEDED; // why next() or isTooLate() said that there is no retry
  private long backedOff;
  private @Nullable Throwable lastError; // what asked for the attempt that runs

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

  /** What the attempt that runs, or is waited for, is told. */
  RetryAttempt context() {
    return attempt == 1 ? RetryAttempt.FIRST : new RetryAttempt(attempt, lastError);
  }

  /**
   * What follows the outcome of an attempt: the nanoseconds to wait for the next, or {@link
   * #NO_RETRY} if this outcome is the last; {@link #end} then says why. The budget is asked last,
   * so that nothing is spent on a retry that does not come, and the listener hears only of one that
   * does.
   */
  long next(Outcome<?> outcome) {
    Throwable thrown = outcome.error() == null ? null : Failures.unwrap(outcome.error());
    Throwable error = thrown == null ? null : Failures.cause(thrown);
    Object result = outcome.value();
    if (!rules.askForRetry(thrown, result)) {
      end = endWithoutRetry(error);
      return NO_RETRY;
    }
    if (attempt >= rules.maxAttempts) {
      end = isTimeUp(error) ? Kind.TIME_EXHAUSTED : Kind.ATTEMPTS_EXHAUSTED;
      return NO_RETRY;
    }
    backedOff = rules.backoff.nanosAfter(attempt, backedOff);
    long nanos = rules.delayNanos(error, result, attempt + 1, backedOff);
    if (rules.hasDeadline() && nanos >= rules.nanosLeft(begun)) {
      end = Kind.TIME_EXHAUSTED;
      return NO_RETRY;
    }
    if (unwanted.getAsBoolean()) {
      end = Kind.CANCELLED;
      return NO_RETRY;
    }
    if (!rules.budgetAllows()) {
      end = Kind.BUDGET_EXHAUSTED;
      return NO_RETRY;
    }
    rules.tell(Kind.RETRY, attempt, error, error == null ? result : null, nanos);
    attempt++;
    lastError = error;
    return nanos;
  }

  private Kind endWithoutRetry(@Nullable Throwable error) {
    if (error == null) {
      return Kind.SUCCEEDED;
    }
    if (Failures.isCancel(error)) {
      return Kind.CANCELLED;
    }
    return isTimeUp(error) ? Kind.TIME_EXHAUSTED : Kind.NOT_RETRYABLE;
  }

  private boolean isTimeUp(@Nullable Throwable error) {
    return error instanceof TimeoutException && rules.hasDeadline() && rules.nanosLeft(begun) <= 0;
  }

  /** The attempt that {@link #next} looked at is the last: its outcome is the call's. */
  void concluded(Outcome<?> outcome) {
    Throwable error = outcome.error() == null ? null : Failures.cause(outcome.error());
    rules.tell(end, started, error, error == null ? outcome.value() : null, 0);
  }

  /** The call ended otherwise than by the outcome of an attempt. */
  void ended(Kind kind, @Nullable Throwable error) {
    rules.tell(kind, started, error, null, 0);
  }

  /** An attempt starts, after the wait for it. */
  void starts() {
    started = attempt;
  }

  /** After the wait: whether it took so long that no attempt is worth starting. */
  boolean isTooLate() {
    if (unwanted.getAsBoolean()) {
      end = Kind.CANCELLED;
      return true;
    }
    if (rules.hasDeadline() && rules.nanosLeft(begun) <= 0) {
      end = Kind.TIME_EXHAUSTED;
      return true;
    }
    return false;
  }

  /** What is left of the time for the call in all. */
  long nanosLeft() {
    return rules.nanosLeft(begun);
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
