package io.asynctools.retry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Describes how an attempt of a call ended and what follows. Each call gives one event of kind
 * {@link Kind#RETRY} for each retry, and then exactly one event of another kind, which ends it.
 * Immutable.
 */
public final class RetryEvent {

  /** What follows the attempt. Every kind but {@link #RETRY} ends the call. */
  public enum Kind {
    /** Another attempt follows after {@link RetryEvent#delay()}. */
    RETRY,
    /** The attempt gave a result that asks for no retry. */
    SUCCEEDED,
    /**
     * The error is none to retry. Also the end of a call that cannot go on, for example because the
     * time source throws.
     */
    NOT_RETRYABLE,
    /** The attempt was the last of {@code maxAttempts}. */
    ATTEMPTS_EXHAUSTED,
    /** The retry budget allows no further attempt now. */
    BUDGET_EXHAUSTED,
    /** The {@code totalTimeout} has passed, or the next delay would pass it. */
    TIME_EXHAUSTED,
    /**
     * The caller ended the call, an interrupt did, or the attempt itself was cancelled. This says
     * nothing about the callee.
     */
    CANCELLED
  }

  private final String retry;
  private final Kind kind;
  private final int attempt;
  private final @Nullable Throwable error;
  private final @Nullable Object result;
  private final Duration delay;

  RetryEvent(
      String retry,
      Kind kind,
      int attempt,
      @Nullable Throwable error,
      @Nullable Object result,
      Duration delay) {
    this.retry = retry;
    this.kind = kind;
    this.attempt = attempt;
    this.error = error;
    this.result = result;
    this.delay = delay;
  }

  /**
   * Returns the name of the retry.
   *
   * @return the name
   */
  public String retry() {
    return retry;
  }

  /**
   * Returns what follows the attempt.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns whether the call ends with this event.
   *
   * @return true for every kind but {@link Kind#RETRY}
   */
  public boolean isEnd() {
    return kind != Kind.RETRY;
  }

  /**
   * Returns the number of the last attempt that started. At the end of the call it is the number of
   * attempts that were made.
   *
   * @return the number, from 1
   */
  public int attempt() {
    return attempt;
  }

  /**
   * Returns what the attempt failed with, as {@code retryIf} sees it. If the caller ended the call
   * with an exception, it is that exception.
   *
   * @return the error; null if the attempt gave a result, or if the caller cancelled the call
   */
  public @Nullable Throwable error() {
    return error;
  }

  /**
   * Returns the result of the attempt. The listener must not keep the result of a {@link
   * Kind#RETRY}, because it is dropped before the next attempt.
   *
   * @return the result, which may be null; null too if there is an {@link #error()}
   */
  public @Nullable Object result() {
    return result;
  }

  /**
   * Returns the delay before the next attempt.
   *
   * @return the delay; zero if no attempt follows
   */
  public Duration delay() {
    return delay;
  }

  /**
   * Returns the event in one line, with the classes of error and result in place of their text.
   *
   * @return for example {@code RetryEvent[retry=payments, kind=RETRY, attempt=1, delay=PT1S,
   *     error=java.io.IOException]}
   */
  @Override
  public String toString() {
    String outcome =
        error != null
            ? ", error=" + error.getClass().getName()
            : result != null ? ", result=" + result.getClass().getName() : "";
    return "RetryEvent[retry="
        + RetryRules.shown(retry)
        + ", kind="
        + kind
        + ", attempt="
        + attempt
        + ", delay="
        + delay
        + outcome
        + "]";
  }
}
