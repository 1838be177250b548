package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * HALF_OPEN: a few probes at a time. As many successes as the rule asks for close the breaker, as
 * many failures open it again, whichever comes first.
 *
 * <p>A probe has a slot from when it is granted until it ends, however it ends. If it is out for
 * longer than the probe time-out, the next call may take its slot: a compare-and-set of the slot,
 * so that a slot is given away once. The probe keeps its say all the same: its success counts like
 * any other. Its failure does not, because the callee was late already, and another probe is out.
 *
 * <p>A slot that was taken shortly before the breaker is forced open or reset is not used: its
 * taker asks the next epoch. Another call may have been rejected for the sake of that slot, so that
 * of two calls neither is a probe, which does no harm: this epoch was over.
 */
final class HalfOpenEpoch extends Epoch {
  final OpenEpoch opened; // before
  private final AtomicReferenceArray<@Nullable Probe> slots;
  private final AtomicInteger successes = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger(); // and slow probes, if they fail
  private volatile long lastAdmitted;

  HalfOpenEpoch(OpenEpoch opened) {
    super(
        opened.breaker,
        State.HALF_OPEN,
        "its timeout of " + Duration.ofNanos(opened.timeoutNanos) + " has passed");
    this.opened = opened;
    this.slots = new AtomicReferenceArray<>(breaker.rule.halfOpenMaxCalls);
  }

  /** Before anybody else knows this epoch. */
  Permit firstProbe(long now) {
    Probe probe = new Probe(this, 0, now);
    lastAdmitted = now;
    slots.setPlain(0, probe);
    return probe;
  }

  /** Takes their slots from all probes that are overdue, and takes the first slot that is free. */
  @Override
  @Nullable Permit admit() {
    long now = breaker.nanoTime();
    Probe admitted = null;
    for (int i = 0; i < slots.length(); i++) {
      Probe held = slots.get(i);
      if (held == null || held.isOverdue(now)) {
        Probe next = admitted == null ? new Probe(this, i, now) : null;
        if (slots.compareAndSet(i, held, next) && next != null) {
          admitted = next;
        }
      }
    }
    if (!breaker.isIn(this)) {
      return MovedOn.INSTANCE; // a probe has decided, and then freed its slot
    }
    if (admitted != null) {
      lastAdmitted = now;
    }
    return admitted;
  }

  @Override
  RejectedException refusal() {
    return opened.refusal(null);
  }

  @Override
  int failures() {
    int sum = opened.failures + failures.get();
    return sum < 0 ? Integer.MAX_VALUE : sum;
  }

  /**
   * No probe is out but those that would lose their slots to the next call, and none was granted
   * for the time after which an open breaker would be evicted.
   */
  @Override
  boolean isIdle() {
    long now = breaker.nanoTime();
    for (int i = 0; i < slots.length(); i++) {
      Probe held = slots.get(i);
      if (held != null && !held.isOverdue(now)) {
        return false;
      }
    }
    long timeout = opened.timeoutNanos;
    return !opened.forced && now - lastAdmitted - timeout >= timeout;
  }

  @Override
  void describe(StringBuilder text) {
    int out = 0;
    for (int i = 0; i < slots.length(); i++) {
      out += slots.get(i) == null ? 0 : 1;
    }
    text.append(", probes=").append(out).append(" of ").append(slots.length());
    text.append(", successes=")
        .append(successes)
        .append(" of ")
        .append(breaker.rule.successesToClose);
    text.append(", openedBy=").append(opened.why);
  }

  @Override
  void leave(Epoch successor) {
    opened.forgetCause();
  }

  private void succeeded() {
    int needed = breaker.rule.successesToClose;
    if (successes.incrementAndGet() >= needed) {
      String why = needed == 1 ? "a probe succeeded" : needed + " probes succeeded";
      breaker.change(this, breaker.closedEpoch(why));
    }
  }

  private void failed(Trip trip) {
    if (failures.incrementAndGet() >= breaker.rule.failuresToReopen) {
      breaker.change(this, OpenEpoch.again(opened, breaker.nanoTime(), failures(), trip));
    }
  }

  private static final class Probe extends BreakerPermit {
    private final HalfOpenEpoch epoch;
    private final int slot;
    private final long admittedAt;

    Probe(HalfOpenEpoch epoch, int slot, long admittedAt) {
      this.epoch = epoch;
      this.slot = slot;
      this.admittedAt = admittedAt;
    }

    boolean isOverdue(long now) {
      return now - admittedAt >= epoch.breaker.rule.probeTimeoutNanos;
    }

    private boolean holdsSlot() {
      return epoch.slots.get(slot) == this;
    }

    private boolean isTooSlow() {
      long least = epoch.breaker.rule.slowProbeNanos;
      return least != BreakerRule.NEVER && epoch.breaker.nanoTime() - admittedAt >= least;
    }

    @Override
    Epoch epoch() {
      return epoch;
    }

    @Override
    void good() {
      if (!isTooSlow()) {
        epoch.succeeded();
      } else if (holdsSlot()) {
        epoch.failed(Trip.slow("a slow probe"));
      }
    }

    @Override
    void bad(@Nullable Throwable error, @Nullable Object result) {
      if (holdsSlot()) {
        epoch.failed(Trip.failed(epoch.breaker.rule, failedProbes(), error, result));
      }
    }

    private String failedProbes() {
      int count = epoch.breaker.rule.failuresToReopen;
      return count == 1 ? "a failed probe" : count + " failed probes";
    }

    @Override
    void free() {
      epoch.slots.compareAndSet(slot, this, null);
    }
  }
}
