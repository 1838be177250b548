package io.asynctools.circuitbreaker;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A breaker with everything that it may be built with, as one thread alone would write it: lists of
 * all outcomes and of all probes, and a clock that is a number.
 */
final class TimedBreakerModel {

  /** What it is built with. Nanoseconds; null for none. */
  record Built(
      int failureThreshold,
      long timeout,
      int halfOpenMaxCalls,
      long probeTimeout,
      @Nullable Integer countWindow,
      @Nullable Long timeWindow, // a multiple of 20
      double failureRate,
      int minimumCalls,
      @Nullable Long slowAfter,
      double slowRate,
      HalfOpen halfOpen) {

    boolean hasWindow() {
      return countWindow != null || timeWindow != null;
    }
  }

  /** What closes a half-open breaker, and how its time-out grows. */
  record HalfOpen(
      int successes, @Nullable Integer calls, double rate, boolean slowFails, double multiplier) {

    /** Whether outcomes of probes, all of which are known, close it; null if neither is decided. */
    @Nullable Boolean closes(int good, int bad) {
      if (calls == null) {
        return bad > 0 ? (Boolean) false : good >= successes ? (Boolean) true : null;
      }
      if ((double) bad / calls >= rate) {
        return false;
      }
      int most = calls - good; // failures that there can be
      return (double) most / calls < rate ? (Boolean) true : null;
    }
  }

  /** How a call may end, for all that a breaker knows. */
  enum Ending {
    SUCCESS,
    FAILURE,
    CANCEL,
    RELEASE,
    IGNORED
  }

  /** A call that was admitted. */
  static final class Call {
    private final int stay;
    private final long since;
    private boolean hasEnded;
    private boolean lostSlot;

    Call(int stay, long since) {
      this.stay = stay;
      this.since = since;
    }
  }

  private record Outcome(long at, boolean failed, boolean slow) {}

  private final Built built;
  private long now;
  private State state = State.CLOSED;
  private int stay; // how often it has changed
  private long since; // of this stay
  private boolean forced; // open, and not closed since
  private boolean isolated;
  private long openFor;
  private int reopenings;
  private int goodProbes;
  private int badProbes;
  private int failuresBefore; // in another state than CLOSED
  private final List<Call> probes = new ArrayList<>(); // that are out
  private long lastProbe;
  private final List<Outcome> outcomes = new ArrayList<>(); // of this stay, if CLOSED
  private int inARow;
  private long lastFailure;
  final List<String> changes = new ArrayList<>();

  TimedBreakerModel(Built built) {
    this.built = built;
  }

  void passes(long nanos) {
    now += nanos;
  }

  /** Null for a refusal. */
  @Nullable Call admits() {
    if (state() != state) {
      become(State.HALF_OPEN, failuresBefore);
    }
    if (state == State.OPEN) {
      return null;
    }
    Call call = new Call(stay, now);
    if (state == State.HALF_OPEN) {
      probes.removeIf(this::loses);
      if (probes.size() == built.halfOpenMaxCalls) {
        return null;
      }
      probes.add(call);
      lastProbe = now;
    }
    return call;
  }

  /** A probe that loses its slot may still report a success. */
  private boolean loses(Call probe) {
    boolean overdue = now - probe.since >= built.probeTimeout;
    probe.lostSlot |= overdue;
    return overdue;
  }

  /** Null if it is not known. */
  @Nullable Long retryAfter() {
    return state == State.OPEN && !isolated ? (Long) (since + openFor - now) : null;
  }

  long estimate() {
    if (isolated) {
      return Long.MAX_VALUE;
    }
    return state == State.OPEN ? Math.max(since + openFor - now, 0) : 0;
  }

  void ends(Call call, Ending ending) {
    if (call.hasEnded) {
      return;
    }
    call.hasEnded = true;
    probes.remove(call);
    if (call.stay != stay) {
      return;
    }
    if (state == State.HALF_OPEN) {
      endsProbe(call, ending);
    } else if (built.hasWindow()) {
      endsInWindow(call, ending);
    } else if (ending == Ending.SUCCESS) {
      inARow = 0;
    } else if (ending == Ending.FAILURE) {
      inARow++;
      lastFailure = now;
      if (inARow >= built.failureThreshold) {
        become(State.OPEN, inARow);
      }
    }
  }

  private void endsProbe(Call call, Ending ending) {
    boolean slow =
        built.halfOpen.slowFails && built.slowAfter != null && now - call.since >= built.slowAfter;
    if (ending == Ending.SUCCESS && !slow) {
      goodProbes++;
    } else if ((ending == Ending.SUCCESS || ending == Ending.FAILURE) && !call.lostSlot) {
      badProbes++;
      failuresBefore++;
    }
    Boolean closes = built.halfOpen.closes(goodProbes, badProbes);
    if (closes != null && closes) {
      become(State.CLOSED, 0);
    } else if (closes != null) {
      reopenings++;
      become(State.OPEN, failuresBefore);
    }
  }

  private void endsInWindow(Call call, Ending ending) {
    boolean slow = built.slowAfter != null && now - call.since >= built.slowAfter;
    boolean calledOff = ending == Ending.CANCEL || ending == Ending.RELEASE;
    if (ending == Ending.IGNORED || (calledOff && !slow)) {
      return;
    }
    outcomes.add(new Outcome(now, ending == Ending.FAILURE, slow));
    List<Outcome> window = window();
    long failed = window.stream().filter(Outcome::failed).count();
    long late = window.stream().filter(Outcome::slow).count();
    if (window.size() >= built.minimumCalls
        && ((double) failed / window.size() >= built.failureRate
            || (built.slowAfter != null && (double) late / window.size() >= built.slowRate))) {
      become(State.OPEN, (int) failed);
    }
  }

  /** The last so many, or those of the last twenty slices of time. */
  private List<Outcome> window() {
    if (built.countWindow != null) {
      return outcomes.subList(Math.max(outcomes.size() - built.countWindow, 0), outcomes.size());
    }
    long slice = built.timeWindow / 20;
    long newest = (now - since) / slice;
    return outcomes.stream().filter(outcome -> newest - (outcome.at - since) / slice < 20).toList();
  }

  void resets() {
    become(State.CLOSED, 0);
  }

  void isForcedOpen(long nanos) {
    if (!isolated) {
      become(State.OPEN, failureCount());
      forced = true;
      openFor = nanos;
    }
  }

  void isIsolated() {
    if (!isolated) {
      become(State.OPEN, failureCount());
      isolated = true;
    }
  }

  private void become(State next, int failures) {
    if (next != state) {
      changes.add(state + " -> " + next);
    }
    state = next;
    stay++;
    since = now;
    forced &= next != State.CLOSED;
    isolated = false;
    reopenings = next == State.CLOSED ? 0 : reopenings;
    if (next == State.OPEN) {
      double grown = built.timeout * Math.pow(built.halfOpen.multiplier, reopenings);
      long most = Math.max(built.timeout, 3_600_000_000_000L);
      openFor = reopenings == 0 ? built.timeout : grown < most ? (long) grown : most;
    }
    goodProbes = 0;
    badProbes = 0;
    failuresBefore = failures;
    probes.clear();
    outcomes.clear();
    inARow = 0;
  }

  /** By the clock. */
  State state() {
    boolean due = state == State.OPEN && !isolated && now - since >= openFor;
    return due ? State.HALF_OPEN : state;
  }

  int failureCount() {
    if (state != State.CLOSED) {
      return failuresBefore;
    }
    return built.hasWindow() ? (int) window().stream().filter(Outcome::failed).count() : inARow;
  }

  /** All limiters 12. */
  boolean isIdle() {
    return switch (state) {
      case CLOSED -> {
        long window = built.timeWindow == null ? 0 : built.timeWindow;
        long quiet = Math.max(built.timeout, window);
        if (!built.hasWindow()) {
          yield inARow == 0 || now - lastFailure >= quiet;
        }
        yield window().stream().noneMatch(outcome -> outcome.failed || outcome.slow)
            || now - outcomes.get(outcomes.size() - 1).at >= quiet;
      }
      case OPEN -> !forced && !isolated && now - since >= 2 * openFor;
      case HALF_OPEN ->
          !forced
              && now - lastProbe >= 2 * openFor
              && probes.stream().allMatch(probe -> now - probe.since >= built.probeTimeout);
    };
  }
}
