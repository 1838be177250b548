package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** CLOSED, watching the rates of failures and of slow calls in a window. */
final class WindowEpoch extends Epoch {
  private final Window window;
  private volatile long lastOutcome; // means something while there is a bad one in the window

  private volatile @Nullable Throwable lastFailure; // null if there is none, or it was a result

  WindowEpoch(CircuitBreaker breaker, String why) {
    super(breaker, State.CLOSED, why);
    BreakerRule rule = breaker.rule;
    this.window =
        rule.countWindow > 0
            ? new CountWindow(rule.countWindow)
            : new TimeWindow(rule.timeWindowNanos, rule.slowNanos != BreakerRule.NEVER, breaker);
  }

  @Override
  Permit admit() {
    boolean timed = breaker.rule.slowNanos != BreakerRule.NEVER;
    return new WindowPermit(this, timed ? breaker.nanoTime() : 0);
  }

  @Override
  int failures() {
    return window.failures(breaker.nanoTime());
  }

  @Override
  boolean isIdle() {
    long now = breaker.nanoTime();
    return window.isSpotless(now) || now - lastOutcome >= breaker.rule.idleNanos;
  }

  /**
   * The clock is read only where somebody asks for the time: a window without a spot is idle
   * whenever that was, and reading the clock costs more than all the rest.
   */
  private void record(int outcome, @Nullable Object result) {
    if (window.isUnchangedBy(outcome)) {
      return;
    }
    long now = 0;
    if (outcome != Window.GOOD || window.asksForTheTime() || !window.isSpotless(0)) {
      now = breaker.nanoTime();
      lastOutcome = now;
    }
    if (window.record(outcome, now, breaker.rule)) {
      open(result);
    } else if (outcome == Window.GOOD
        && lastFailure() != null
        && window.hasForgottenFailures(now)) {
      lastFailure = null; // it has left the window
    }
  }

  private void failed(int outcome, @Nullable Throwable error, @Nullable Object result) {
    lastFailure = error; // before it counts, for whichever outcome then opens the breaker
    record(outcome, result);
  }

  @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  /** Another outcome may be recorded meanwhile: the counts are those of a moment later. */
  private void open(@Nullable Object result) {
    long now = breaker.nanoTime();
    int failures = window.failures(now);
    int calls = Math.max(window.calls(now), failures);
    BreakerRule rule = breaker.rule;
    Trip trip;
    if (rule.failsTooOften(calls, failures) || rule.slowNanos == BreakerRule.NEVER) {
      trip = Trip.failed(rule, failures + " of " + calls + " calls failed", lastFailure(), result);
    } else {
      String least = Duration.ofNanos(rule.slowNanos).toString();
      trip =
          Trip.slow(
              window.slowCalls(now) + " of " + calls + " calls were slow, " + least + " or more");
    }
    breaker.change(this, OpenEpoch.tripped(breaker, now, failures, trip));
  }

  @Override
  void describe(StringBuilder text) {
    BreakerRule rule = breaker.rule;
    if (rule.countWindow > 0) {
      text.append(", countWindow=").append(rule.countWindow);
    } else {
      text.append(", timeWindow=").append(Duration.ofNanos(rule.timeWindowNanos));
    }
    text.append(", failureRateThreshold=").append(rule.failureRate);
  }

  private static final class WindowPermit extends BreakerPermit {
    private final WindowEpoch epoch;
    private final long start; // where calls may be slow

    WindowPermit(WindowEpoch epoch, long start) {
      this.epoch = epoch;
      this.start = start;
    }

    @Override
    public void recordSuccess() {
      if (epoch.breaker.rule.slowNanos == BreakerRule.NEVER
          && epoch.window.isUnchangedBy(Window.GOOD)) {
        endQuietly(); // one recorded at the same time is as if it came afterwards
      } else {
        super.recordSuccess();
      }
    }

    @Override
    Epoch epoch() {
      return epoch;
    }

    @Override
    void good() {
      epoch.record(slow(), null);
    }

    @Override
    void bad(@Nullable Throwable error, @Nullable Object result) {
      epoch.failed(slow() | Window.FAILED, error, result);
    }

    /** It says nothing about failing, but it had waited for so long. */
    @Override
    void calledOff() {
      if (slow() != 0) {
        epoch.record(Window.SLOW, null);
      }
    }

    private int slow() {
      long least = epoch.breaker.rule.slowNanos;
      return least != BreakerRule.NEVER && epoch.breaker.nanoTime() - start >= least
          ? Window.SLOW
          : Window.GOOD;
    }
  }
}
