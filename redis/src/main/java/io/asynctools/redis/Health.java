package io.asynctools.redis;

import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether Redis is worth asking: a circuit breaker around all questions, so that a dead Redis does
 * not cost every one of them its time-out. Says once that Redis is gone, and once that it is back.
 */
final class Health {
  private static final System.Logger LOG = System.getLogger("io.asynctools.redis");
  private static final int FAILURES = 3; // in a row
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final String name;
  private final TimeSource time;
  private final long pause;
  private final CircuitBreaker breaker;
  private final Runnable whenItHangs;
  private volatile boolean away;
  private volatile long awayUntil; // written before `away`
  private volatile boolean hangs; // the last failure was a time-out

  /**
   * @param commandTimeout how long an answer is waited for
   * @param whenItHangs run when it is given up after time-outs
   */
  Health(String name, TimeSource time, Duration commandTimeout, Runnable whenItHangs) {
    Duration pause = pause(commandTimeout);
    this.name = name;
    this.time = time;
    this.pause = pause.toNanos();
    this.whenItHangs = whenItHangs;
    this.breaker =
        CircuitBreaker.builder()
            .name(name + " on Redis")
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

  /** Redis did not answer the one who had leave to ask. */
  void failed(Permit leave, Throwable error) {
    hangs = error instanceof TimeoutException;
    leave.recordFailure(error);
  }

  private void changed(State from, State to) {
    if (to == State.OPEN) {
      awayUntil = time.nanoTime() + pause;
      if (!away) {
        LOG.log(System.Logger.Level.WARNING, "limiter ''{0}'': Redis does not answer", name);
      }
      away = true;
      if (hangs) {
        whenItHangs.run();
      }
    } else if (to == State.CLOSED) {
      away = false;
      LOG.log(System.Logger.Level.INFO, "limiter ''{0}'': Redis answers again", name);
    }
  }

  void close() {
    breaker.close();
  }
}
