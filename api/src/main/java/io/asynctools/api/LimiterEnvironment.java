package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What configuration text cannot carry: the clock, the executor, and the name that a limiter goes
 * by. Immutable; the {@code with…} methods give changed copies.
 */
public final class LimiterEnvironment {
  private static final LimiterEnvironment SYSTEM =
      new LimiterEnvironment(Optional.empty(), TimeSource.system(), LibraryThreads.pool());

  private final Optional<String> name;
  private final TimeSource timeSource;
  private final Executor executor;

  private LimiterEnvironment(Optional<String> name, TimeSource timeSource, Executor executor) {
    this.name = name;
    this.timeSource = timeSource;
    this.executor = executor;
  }

  /**
   * Returns the system's clock, the library's own pool of daemon threads, and no name, so that a
   * limiter is called after its strategy.
   *
   * <p>The pool starts its threads when they are first needed, and ends those that are idle. It has
   * as many threads as there are processors, at least two. While callbacks block all of them it
   * grows within milliseconds, up to 1024 threads; then further callbacks wait for one that ends.
   *
   * @return the environment
   */
  public static LimiterEnvironment system() {
    return SYSTEM;
  }

  /**
   * A copy with another name.
   *
   * @param name what the limiter is called in errors and metrics; not blank
   * @return the copy
   * @throws IllegalArgumentException if the name is blank
   */
  public LimiterEnvironment withName(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank, was '" + name + "'");
    }
    return new LimiterEnvironment(Optional.of(name), timeSource, executor);
  }

  /**
   * A copy with another clock and timer.
   *
   * @param time the time source
   * @return the copy
   */
  public LimiterEnvironment withTimeSource(TimeSource time) {
    return new LimiterEnvironment(name, requireNonNull(time, "time"), executor);
  }

  /**
   * A copy with another executor.
   *
   * @param executor where waiters' futures complete, and calls that had to wait start. {@code
   *     Runnable::run} has them run on whatever thread frees a permit, the timer's included
   * @return the copy
   */
  public LimiterEnvironment withExecutor(Executor executor) {
    return new LimiterEnvironment(name, timeSource, requireNonNull(executor, "executor"));
  }

  /**
   * The name to go by, if one was given.
   *
   * @return the name
   */
  public Optional<String> name() {
    return name;
  }

  /**
   * The clock and timer.
   *
   * @return the time source
   */
  public TimeSource timeSource() {
    return timeSource;
  }

  /**
   * Where waiters' futures complete.
   *
   * @return the executor
   */
  public Executor executor() {
    return executor;
  }
}
