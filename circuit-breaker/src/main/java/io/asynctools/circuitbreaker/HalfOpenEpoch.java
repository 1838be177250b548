package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * HALF_OPEN: a few probes at a time, the first outcome of which decides.
 *
 * <p>A probe has a place from when it is admitted until it ends, however it ends. One that is out
 * for longer than the probe time-out may be ended by the next call, which takes its place. Both are
 * steps of the probe's own state into ENDED, which is made once; so a place is given away once, and
 * the outcome of a probe that has lost its place counts for nothing.
 *
 * <p>A place that was taken shortly before somebody forces the breaker open or resets it is not
 * used: its taker asks the next epoch. Another call may have been refused for the sake of that
 * place, so that of two calls neither is a probe, which does no harm: this epoch was over.
 */
final class HalfOpenEpoch extends Epoch {
  private final AtomicReferenceArray<@Nullable Probe> places;
  private final int failures; // before it was half open
  private final boolean forced; // open, before
  private volatile long lastAdmitted;

  HalfOpenEpoch(CircuitBreaker breaker, int failures, boolean forced) {
    super(breaker, State.HALF_OPEN);
    this.places = new AtomicReferenceArray<>(breaker.rule.halfOpenMaxCalls);
    this.failures = failures;
    this.forced = forced;
  }

  /** Before anybody else knows this epoch. */
  Permit firstProbe(long now) {
    Probe probe = new Probe(this, 0, now);
    lastAdmitted = now;
    places.setPlain(0, probe);
    return probe;
  }

  /** Ends all that are overdue, and takes the first place that is free. */
  @Override
  @Nullable Permit admit() {
    long now = breaker.nanoTime();
    Probe admitted = null;
    for (int i = 0; i < places.length(); i++) {
      Probe held = places.get(i);
      if (held != null && held.isOverdue(now) && held.end()) {
        held.free();
        held = null;
      }
      if (held == null && admitted == null) {
        Probe probe = new Probe(this, i, now);
        admitted = places.compareAndSet(i, null, probe) ? probe : null;
      }
    }
    if (!breaker.isIn(this)) {
      return MovedOn.INSTANCE; // a probe has decided, and then given its place back
    }
    if (admitted != null) {
      lastAdmitted = now;
    }
    return admitted;
  }

  @Override
  RejectedException refusal() {
    return new CircuitBreakerOpenException(breaker.name(), null);
  }

  @Override
  int failures() {
    return failures;
  }

  /**
   * No probe is out but those that would lose their places to the next call, and none was admitted
   * for so long that an open breaker would be forgotten.
   */
  @Override
  boolean isIdle() {
    long now = breaker.nanoTime();
    for (int i = 0; i < places.length(); i++) {
      Probe held = places.get(i);
      if (held != null && !held.isOverdue(now)) {
        return false;
      }
    }
    return !forced && now - lastAdmitted - breaker.rule.timeoutNanos >= breaker.rule.timeoutNanos;
  }

  private static final class Probe extends BreakerPermit {
    private final HalfOpenEpoch epoch;
    private final int place;
    private final long admittedAt;

    Probe(HalfOpenEpoch epoch, int place, long admittedAt) {
      this.epoch = epoch;
      this.place = place;
      this.admittedAt = admittedAt;
    }

    boolean isOverdue(long now) {
      return now - admittedAt >= epoch.breaker.rule.probeTimeoutNanos;
    }

    @Override
    Epoch epoch() {
      return epoch;
    }

    @Override
    void good() {
      epoch.breaker.change(epoch, epoch.breaker.closedEpoch());
    }

    @Override
    void bad() {
      int count = epoch.failures == Integer.MAX_VALUE ? epoch.failures : epoch.failures + 1;
      CircuitBreaker breaker = epoch.breaker;
      breaker.change(epoch, new OpenEpoch(breaker, breaker.nanoTime(), count, epoch.forced));
    }

    @Override
    void free() {
      epoch.places.compareAndSet(place, this, null);
    }
  }
}
