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
      double slowRate) {

    boolean hasWindow() {
      return countWindow != null || timeWindow != null;
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
    if (state == State.OPEN && now - since >= built.timeout) {
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

  /** A probe that loses its place has ended, for all that anybody hears of it. */
  private boolean loses(Call probe) {
    boolean overdue = now - probe.since >= built.probeTimeout;
    probe.hasEnded |= overdue;
    return overdue;
  }

  /** Null if nobody can say. */
  @Nullable Long retryAfter() {
    return state == State.OPEN ? (Long) (since + built.timeout - now) : null;
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
      if (ending == Ending.SUCCESS) {
        become(State.CLOSED, 0);
      } else if (ending == Ending.FAILURE) {
        become(State.OPEN, failuresBefore + 1);
      }
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

  void isForcedOpen() {
    become(State.OPEN, failureCount());
    forced = true;
  }

  private void become(State next, int failures) {
    if (next != state) {
      changes.add(state + " -> " + next);
    }
    state = next;
    stay++;
    since = now;
    forced &= next != State.CLOSED;
    failuresBefore = failures;
    probes.clear();
    outcomes.clear();
    inARow = 0;
  }

  State state() {
    return state;
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
      case OPEN -> !forced && now - since >= 2 * built.timeout;
      case HALF_OPEN ->
          !forced
              && now - lastProbe >= 2 * built.timeout
              && probes.stream().allMatch(probe -> now - probe.since >= built.probeTimeout);
    };
  }
}
