package io.asynctools.retry;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells a call which of its attempts it is, and why the attempt before it failed. Immutable. */
public final class RetryAttempt {
  static final RetryAttempt FIRST = new RetryAttempt(1, null);

  private final int number;
  private final @Nullable Throwable lastError;

  RetryAttempt(int number, @Nullable Throwable lastError) {
    this.number = number;
    this.lastError = lastError;
  }

  /**
   * Returns the number of this attempt.
   *
   * @return the number, 1 for the first
   */
  public int number() {
    return number;
  }

  /**
   * Returns what the attempt before this one failed with, as {@code retryIf} sees it.
   *
   * @return the error; empty for the first attempt, and if a result asked for this attempt
   */
  public Optional<Throwable> lastError() {
    return Optional.ofNullable(lastError);
  }

  @Override
  public String toString() {
    return "RetryAttempt[number="
        + number
        + (lastError == null ? "" : ", lastError=" + lastError.getClass().getName())
        + "]";
  }
}
