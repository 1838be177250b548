package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What every limiter that queues is told, whatever its rule. Immutable: the limiters of many keys
 * share one.
 *
 * @param name what the limiter is called in errors and metrics
 * @param timeSource the clock and timer
 * @param executor where waiters' futures complete
 * @param maxWait the longest wait, zero to wait never; null without bound
 * @param maxWaiters how many may wait at once, zero or more
 */
public record LimiterSettings(
    String name,
    TimeSource timeSource,
    Executor executor,
    @Nullable Duration maxWait,
    int maxWaiters) {

  /** The option {@code max-wait}. */
  public static final ConfigOption<Duration> MAX_WAIT =
      ConfigOption.of(
          "max-wait", Duration.class, null, "the longest wait for a permit; unbounded by default");

  /** The option {@code max-waiters}. */
  public static final ConfigOption<Integer> MAX_WAITERS =
      ConfigOption.of("max-waiters", Integer.class, 1 << 20, "how many may wait at once");

  static final long UNBOUNDED = Long.MAX_VALUE;
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  /**
   * Checks the settings.
   *
   * @param name what the limiter is called in errors and metrics
   * @param timeSource the clock and timer
   * @param executor where waiters' futures complete
   * @param maxWait the longest wait, zero to wait never; null without bound
   * @param maxWaiters how many may wait at once, zero or more
   * @throws IllegalArgumentException if the name is blank, or a bound is negative, or a longest
   *     wait is given although no caller may wait
   */
  public LimiterSettings {
    requireNonNull(name, "name");
    requireNonNull(timeSource, "timeSource");
    requireNonNull(executor, "executor");
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "name must not be blank, was " + MessageText.quoteName(name));
    }
    if (maxWait != null) {
      nanosOf(maxWait);
    }
    if (maxWaiters < 0) {
      throw new IllegalArgumentException("maxWaiters must be 0 or more, was " + maxWaiters);
    }
    if (maxWaiters == 0 && maxWait != null && !maxWait.isZero()) {
      throw new IllegalArgumentException(
          "maxWait ("
              + maxWait
              + ") has no effect beside maxWaiters 0, which rejects each call that would wait;"
              + " leave out one of the two");
    }
  }

  /**
   * The defaults in an environment.
   *
   * @param environment the clock, the executor and perhaps a name
   * @param defaultName the name if the environment has none: the strategy's
   * @return the settings
   */
  public static LimiterSettings of(LimiterEnvironment environment, String defaultName) {
    return new LimiterSettings(
        environment.name().orElse(defaultName),
        environment.timeSource(),
        environment.executor(),
        MAX_WAIT.defaultValue(),
        requireNonNull(MAX_WAITERS.defaultValue()));
  }

  /**
   * What a configuration says.
   *
   * @param config a configuration, with {@link #MAX_WAIT} and {@link #MAX_WAITERS} among its
   *     options
   * @param defaultName the name if the environment has none: the strategy's
   * @return the settings
   */
  public static LimiterSettings of(LimiterConfig config, String defaultName) {
    return of(config.environment(), defaultName)
        .withMaxWait(config.get(MAX_WAIT))
        .withMaxWaiters(config.get(MAX_WAITERS));
  }

  /**
   * A copy with another name.
   *
   * @param name the name
   * @return the copy
   */
  public LimiterSettings withName(String name) {
    return new LimiterSettings(name, timeSource, executor, maxWait, maxWaiters);
  }

  /**
   * A copy with another clock and timer.
   *
   * @param timeSource the time source
   * @return the copy
   */
  public LimiterSettings withTimeSource(TimeSource timeSource) {
    return new LimiterSettings(name, timeSource, executor, maxWait, maxWaiters);
  }

  /**
   * A copy with another executor.
   *
   * @param executor the executor
   * @return the copy
   */
  public LimiterSettings withExecutor(Executor executor) {
    return new LimiterSettings(name, timeSource, executor, maxWait, maxWaiters);
  }

  /**
   * A copy with another longest wait.
   *
   * @param maxWait the longest wait; null without bound
   * @return the copy
   */
  public LimiterSettings withMaxWait(@Nullable Duration maxWait) {
    return new LimiterSettings(name, timeSource, executor, maxWait, maxWaiters);
  }

  /**
   * A copy with another bound on how many may wait.
   *
   * @param maxWaiters how many; 0 only without {@code maxWait}
   * @return the copy
   */
  public LimiterSettings withMaxWaiters(int maxWaiters) {
    return new LimiterSettings(name, timeSource, executor, maxWait, maxWaiters);
  }

  long maxWaitNanos() {
    return maxWait == null ? UNBOUNDED : nanosOf(maxWait);
  }

  Duration maxWaitOrForever() {
    return maxWait == null ? FOREVER : maxWait;
  }

  /** A wait in nanoseconds; what passes 292 years is without bound. */
  static long nanosOf(Duration maxWait) {
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait must not be negative, was " + maxWait);
    }
    try {
      return maxWait.toNanos();
    } catch (ArithmeticException e) {
      return UNBOUNDED;
    }
  }

  // Written out: of the generated form the JDK keeps the last class it ran on, and so its loader.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LimiterSettings that
        && maxWaiters == that.maxWaiters
        && name.equals(that.name)
        && timeSource.equals(that.timeSource)
        && executor.equals(that.executor)
        && Objects.equals(maxWait, that.maxWait);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, timeSource, executor, maxWait, maxWaiters);
  }

  @Override
  public String toString() {
    return "LimiterSettings[name="
        + name
        + ", timeSource="
        + timeSource
        + ", executor="
        + executor
        + ", maxWait="
        + maxWait
        + ", maxWaiters="
        + maxWaiters
        + "]";
  }
}
