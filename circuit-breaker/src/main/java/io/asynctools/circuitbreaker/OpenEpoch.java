package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** OPEN: refuses, until the time-out has passed; the first to come then is the first probe. */
final class OpenEpoch extends Epoch {
  final int failures; // what opened it
  final int reopenings; // by probes, since it was last closed
  final boolean forced; // by forceOpen(), and not closed since
  final long timeoutNanos; // of this stay alone
  private final long openedAt;
  private volatile @Nullable Throwable cause; // the failure that opened it, while it matters

  private OpenEpoch(
      CircuitBreaker breaker,
      long openedAt,
      long timeoutNanos,
      int failures,
      int reopenings,
      boolean forced,
      String why,
      @Nullable Throwable cause) {
    super(breaker, State.OPEN, why);
    this.openedAt = openedAt;
    this.timeoutNanos = timeoutNanos;
    this.failures = failures;
    this.reopenings = reopenings;
    this.forced = forced;
    this.cause = cause;
  }

  /** Opens a closed breaker. */
  static OpenEpoch tripped(CircuitBreaker breaker, long now, int failures, Trip trip) {
    long nanos = breaker.rule.openNanos(0, trip);
    return new OpenEpoch(
        breaker, now, nanos, failures, 0, false, trip.why(), trip.cause(breaker.name()));
  }

  /** Opens a half-open breaker again. */
  static OpenEpoch again(OpenEpoch before, long now, int failures, Trip trip) {
    CircuitBreaker breaker = before.breaker;
    int reopenings = Math.min(before.reopenings, Integer.MAX_VALUE - 1) + 1;
    long nanos = breaker.rule.openNanos(reopenings, trip);
    return new OpenEpoch(
        breaker,
        now,
        nanos,
        failures,
        reopenings,
        before.forced,
        trip.why(),
        trip.cause(breaker.name()));
  }

  /** Opens a breaker by hand. */
  static OpenEpoch forced(Epoch now, long nanos) {
    CircuitBreaker breaker = now.breaker;
    OpenEpoch before = opened(now);
    return new OpenEpoch(
        breaker,
        breaker.nanoTime(),
        nanos,
        now.failures(),
        before == null ? 0 : before.reopenings,
        true,
        "forceOpen() for " + Duration.ofNanos(nanos),
        null);
  }

  private static @Nullable OpenEpoch opened(Epoch now) {
    return now instanceof HalfOpenEpoch half
        ? half.opened
        : now instanceof OpenEpoch open ? open : null;
  }

  @Override
  @Nullable Permit admit() {
    long now = breaker.nanoTime();
    return now - openedAt < timeoutNanos ? null : probe(now);
  }

  /** Several may see the time-out pass: one of them makes the change and has the first place. */
  private Permit probe(long now) {
    HalfOpenEpoch next = new HalfOpenEpoch(this);
    Permit first = next.firstProbe(now);
    return breaker.change(this, next) ? first : MovedOn.INSTANCE;
  }

  @Override
  RejectedException refusal() {
    long left = Math.max(nanosToWait(), 1); // it was open a moment ago
    return refusal(Duration.ofNanos(left));
  }

  RejectedException refusal(@Nullable Duration retryAfter) {
    return new CircuitBreakerOpenException(breaker.name(), retryAfter, why, cause);
  }

  @Override
  int failures() {
    return failures;
  }

  @Override
  boolean isIdle() {
    long over = breaker.nanoTime() - openedAt - timeoutNanos;
    return !forced && over >= timeoutNanos;
  }

  @Override
  State stateNow() {
    return nanosToWait() == 0 ? State.HALF_OPEN : State.OPEN;
  }

  @Override
  long nanosToWait() {
    long elapsed = Math.max(breaker.nanoTime() - openedAt, 0); // a clock may stumble
    return Math.max(timeoutNanos - elapsed, 0);
  }

  @Override
  void describe(StringBuilder text) {
    text.append(", timeout=")
        .append(Duration.ofNanos(timeoutNanos))
        .append(", openedBy=")
        .append(why);
  }

  @Override
  void leave(Epoch successor) {
    if (!(successor instanceof HalfOpenEpoch)) {
      forgetCause();
    }
  }

  void forgetCause() {
    cause = null;
  }
}
