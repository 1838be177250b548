package io.asynctools.proof.simulation;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A naive breaker, as docs/semantics.md tells it: what the real one must do at every step. It is
 * told of a thing just before the real one is.
 */
final class BreakerBook {

  /** Rules of a breaker; a window of 0 for consecutive failures. */
  record Rules(
      int threshold,
      long timeout,
      int probes,
      long probeTimeout,
      int window,
      double failureRate,
      int minimumCalls,
      long slow,
      double slowRate) {}

  /** How a call ended. */
  enum Outcome {
    GOOD,
    BAD,
    CANCELLED,
    IGNORED
  }

  /** A call that was admitted. */
  static final class Admitted {
    final int epoch;
    final boolean probe;
    final long at;
    boolean heard; // its outcome is known
    boolean lost; // its slot, to another probe: its failure says nothing new
    boolean over;

    Admitted(int epoch, boolean probe, long at) {
      this.epoch = epoch;
      this.probe = probe;
      this.at = at;
    }
  }

  private record Entry(boolean failed, boolean slow) {}

  private final Scenario scenario;
  private final World world;
  private final Rules rules;
  private final Deque<Entry> window = new ArrayDeque<>();
  private final List<Admitted> out = new ArrayList<>(); // probes that hold a place
  private final Deque<State[]> changes = new ArrayDeque<>(); // not reported yet
  private State state = State.CLOSED;
  private int epoch;
  private int failures;
  private long openedAt;

  BreakerBook(Scenario scenario, Rules rules) {
    this.scenario = scenario;
    this.world = scenario.world;
    this.rules = rules;
  }

  /** By the clock. */
  State state() {
    boolean due = state == State.OPEN && world.now() - openedAt >= rules.timeout;
    return due ? State.HALF_OPEN : state;
  }

  int failureCount() {
    return failures;
  }

  /** Somebody asks now; null if it is to be refused. */
  Admitted asks() {
    long now = world.now();
    if (state == State.OPEN && now - openedAt >= rules.timeout) {
      move(State.HALF_OPEN);
    }
    if (state == State.OPEN) {
      return null;
    }
    if (state == State.CLOSED) {
      return new Admitted(epoch, false, now);
    }
    for (Admitted probe : List.copyOf(out)) {
      if (now - probe.at >= rules.probeTimeout) {
        probe.lost = true;
        out.remove(probe);
      }
    }
    if (out.size() == rules.probes) {
      return null;
    }
    Admitted probe = new Admitted(epoch, true, now);
    out.add(probe);
    return probe;
  }

  /** The outcome of a call is known, though it may run on. */
  void hears(Admitted call, Outcome outcome) {
    if (call.heard) {
      return;
    }
    call.heard = true;
    if (call.epoch != epoch) {
      return;
    }
    boolean slow = rules.slow > 0 && world.now() - call.at >= rules.slow;
    if (state == State.HALF_OPEN) {
      probed(call, outcome, slow);
    } else if (rules.window > 0) {
      recorded(outcome, slow);
    } else if (outcome == Outcome.GOOD) {
      failures = 0;
    } else if (outcome == Outcome.BAD && ++failures >= rules.threshold) {
      open();
    }
  }

  private void probed(Admitted call, Outcome outcome, boolean slow) {
    if (outcome == Outcome.GOOD && !slow) {
      move(State.CLOSED);
    } else if ((outcome == Outcome.GOOD || outcome == Outcome.BAD) && !call.lost) {
      failures++;
      open();
    }
  }

  private void recorded(Outcome outcome, boolean slow) {
    boolean failed = outcome == Outcome.BAD;
    if (outcome == Outcome.IGNORED || (outcome == Outcome.CANCELLED && !slow)) {
      return;
    }
    window.add(new Entry(failed, slow));
    if (window.size() > rules.window) {
      window.remove();
    }
    failures = (int) window.stream().filter(Entry::failed).count();
    long late = window.stream().filter(Entry::slow).count();
    double calls = window.size();
    if (calls >= rules.minimumCalls
        && (failures / calls >= rules.failureRate
            || (rules.slow > 0 && late / calls >= rules.slowRate))) {
      open();
    }
  }

  /** A call is over: its place is free. */
  void ends(Admitted call, Outcome outcome) {
    hears(call, outcome);
    if (!call.over) {
      call.over = true;
      out.remove(call);
    }
  }

  void reset() {
    move(State.CLOSED);
  }

  void forceOpen() {
    open();
  }

  private void open() {
    openedAt = world.now();
    move(State.OPEN);
  }

  private void move(State to) {
    if (state != to) {
      changes.add(new State[] {state, to});
    }
    state = to;
    epoch++;
    out.clear();
    if (to == State.CLOSED) {
      failures = 0;
      window.clear();
    }
  }

  /** The listener hears of a change: each once, in order. */
  void reported(State from, State to) {
    State[] change = changes.poll();
    scenario.require(
        change != null && change[0] == from && change[1] == to,
        "a change from %s to %s was reported, but there was %s",
        from,
        to,
        change == null ? "none" : change[0] + " to " + change[1]);
  }

  boolean allReported() {
    return changes.isEmpty();
  }

  int probesOut() {
    return out.size();
  }
}
