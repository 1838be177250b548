package io.asynctools.circuitbreaker;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import org.jspecify.annotations.Nullable;

/** The breaker itself was closed, by {@code close()}: nothing is admitted and nothing changes. */
final class ShutEpoch extends Epoch {
  private final int failures;

  /** Keeps what was to be seen last. */
  ShutEpoch(Epoch last) {
    super(last.breaker, last.state, "closed for good");
    this.failures = last.failures();
  }

  @Override
  @Nullable Permit admit() {
    return null;
  }

  @Override
  RejectedException refusal() {
    return new LimiterClosedException(breaker.name());
  }

  @Override
  int failures() {
    return failures;
  }

  @Override
  boolean isIdle() {
    return false;
  }

  @Override
  long nanosToWait() {
    return BreakerRule.NEVER;
  }

  @Override
  void describe(StringBuilder text) {
    text.append(", closed=true");
  }
}
