package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether one node of Redis is worth asking: a circuit breaker around all questions to it, so that
 * a dead node does not cost every one of them its time-out. Logs once that the node is gone, with
 * the cause, and once that it is back; a mistake likewise.
 */
final class Health {
  private static final System.Logger LOG = System.getLogger("io.asynctools.redis");
  private static final int FAILURES = 3; // in a row
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final String name;
  private final String node;
  private final OnFailure mode;
  private final TimeSource time;
  private final long pause;
  private final CircuitBreaker breaker;
  private final Runnable whenItHangs;
  private volatile boolean away;
  private volatile long awayUntil; // written before `away`
  private volatile boolean hangs; // the last failure was a time-out
  private volatile boolean hasAnswered; // ever
  private volatile @Nullable LimiterConfigException mistake; // the last, until the next answer
  private volatile @Nullable Outcome last; // failure

  /** A failure, and the part of it that may be shown. */
  private record Outcome(Throwable error, Throwable shown) {}

  /**
   * @param name of the limiter
   * @param node of a Cluster; empty if there is one server only
   * @param mode what decides while the node is away
   * @param commandTimeout how long an answer is waited for
   * @param whenItHangs run when it is given up after time-outs
   */
  Health(
      String name,
      String node,
      OnFailure mode,
      TimeSource time,
      Duration commandTimeout,
      Runnable whenItHangs) {
    Duration pause = pause(commandTimeout);
    this.name = name;
    this.node = node.isEmpty() ? "Redis" : "Redis node " + node;
    this.mode = mode;
    this.time = time;
    this.pause = pause.toNanos();
    this.whenItHangs = whenItHangs;
    this.breaker =
        CircuitBreaker.builder()
            .name(name + " on " + this.node)
            .timeSource(time)
            .failureThreshold(FAILURES)
            .timeout(pause)
            // a question that looks whether it is back has all its time
            .probeTimeout(pause.plus(commandTimeout))
            .onStateChange(this::changed)
            .logLevel(System.Logger.Level.OFF) // changed() logs what matters
            .build();
  }

  /**
   * How long Redis is left alone: twice a time-out, but neither for long nor for no time at all.
   */
  static Duration pause(Duration commandTimeout) {
    Duration twice = commandTimeout.multipliedBy(2);
    if (twice.compareTo(SHORTEST_PAUSE) < 0) {
      return SHORTEST_PAUSE;
    }
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  /** Whether Redis did not answer when it was last asked, or looked at. */
  boolean isAway() {
    return away;
  }

  /** How long nobody may ask, 0 if a question may be asked now. */
  long nanosAway(long now) {
    return away ? Math.max(awayUntil - now, 0) : 0;
  }

  /** Leave to ask; null while Redis is away, or another already looks whether it is back. */
  @Nullable Permit ask() {
    return breaker.tryAcquire().orElse(null);
  }

  /** Redis answered the question that had leave. */
  void answered(Permit leave) {
    if (!hasAnswered) {
      hasAnswered = true;
    }
    if (mistake != null) {
      mistake = null;
      LOG.log(System.Logger.Level.INFO, "limiter ''{0}'': {1} answers again", name, node);
    }
    leave.recordSuccess();
  }

  /** Redis did not answer the question that had leave. */
  void failed(Permit leave, Throwable error) {
    hangs = error instanceof TimeoutException;
    remember(error);
    leave.recordFailure(error);
  }

  private void remember(Throwable error) {
    Outcome before = last;
    if (before == null || before.error != error) { // many calls may fail with the same error
      last = new Outcome(error, Diagnosis.shown(error));
    }
  }

  /** Returns why Redis did not answer, without credentials; null if it never failed. */
  @Nullable Throwable cause() {
    Outcome failure = last;
    return failure == null ? null : failure.shown;
  }

  /**
   * Returns what is wrong with the configuration, by an error that came in place of an answer; null
   * if it is an outage.
   */
  @Nullable LimiterConfigException mistake(Throwable error, String key) {
    LimiterConfigException found = Diagnosis.mistake(error, key, hasAnswered);
    if (found != null && !Diagnosis.concernsOneKey(found)) {
      boolean isNew = mistake == null;
      mistake = found;
      if (isNew) {
        LOG.log(
            System.Logger.Level.ERROR,
            "limiter ''{0}'': every caller fails: {1}",
            name,
            found.getMessage());
      }
    }
    return found;
  }

  /** Returns the mode of decision in one word, for {@code toString}. */
  String mode() {
    return mistake != null ? "MISCONFIGURED" : away ? mode.name() : "SHARED";
  }

  private void changed(State from, State to) {
    if (to == State.OPEN) {
      awayUntil = time.nanoTime() + pause;
      if (!away) {
        LOG.log(
            System.Logger.Level.WARNING,
            "limiter ''{0}'': {1} does not answer ({2}); until it does, on-failure={3} decides",
            name,
            node,
            Diagnosis.describe(cause()),
            mode.name().toLowerCase(java.util.Locale.ROOT));
      }
      away = true;
      if (hangs) {
        whenItHangs.run();
      }
    } else if (to == State.CLOSED) {
      away = false;
      LOG.log(
          System.Logger.Level.INFO,
          "limiter ''{0}'': {1} answers again; the shared bucket decides",
          name,
          node);
    }
  }

  void close() {
    breaker.close();
  }
}
