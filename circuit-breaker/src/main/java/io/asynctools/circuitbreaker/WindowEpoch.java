package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;

/** CLOSED, watching the rates of failures and of slow calls in a window. */
final class WindowEpoch extends Epoch {
  private final Window window;
  private volatile long lastOutcome; // means something while there is a bad one in the window

  WindowEpoch(CircuitBreaker breaker) {
    super(breaker, State.CLOSED);
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
  private void record(int outcome) {
    if (window.isUnchangedBy(outcome)) {
      return;
    }
    long now = 0;
    if (outcome != Window.GOOD || window.asksForTheTime() || !window.isSpotless(0)) {
      now = breaker.nanoTime();
      lastOutcome = now;
    }
    if (window.record(outcome, now, breaker.rule)) {
      open();
    }
  }

  private void open() {
    long now = breaker.nanoTime();
    breaker.change(this, new OpenEpoch(breaker, now, window.failures(now), false));
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
      epoch.record(slow());
    }

    @Override
    void bad() {
      epoch.record(slow() | Window.FAILED);
    }

    /** It says nothing about failing, but it had waited for so long. */
    @Override
    void calledOff() {
      if (slow() != 0) {
        epoch.record(Window.SLOW);
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
