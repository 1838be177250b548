package io.asynctools.retry;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.GuardedFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A retry: a call that fails is made again, up to so many times, after delays that grow.
 * Thread-safe; calls share nothing but the {@link RetryBudget}, if there is one.
 *
 * <p><b>What is retried.</b> By default every {@code Exception} but a {@link RejectedException};
 * {@code retryOn} and {@code retryIf} choose others, {@code retryIfResult} adds results. An {@code
 * Error} and a cancellation never are (an interrupt is one). All are asked about the real cause,
 * not about a {@code CompletionException} around it.
 *
 * <p><b>What comes out.</b> The last error itself, untouched, at once where it is not to be
 * retried, where the attempts, the time or the budget are used up; the last result where it was the
 * result that asked for a retry. Earlier errors are for the {@link RetryListener} to see.
 *
 * <p><b>Delays</b> are {@code initialDelay · multiplier^(attempt − 1)}, at most {@code maxDelay},
 * spread by the {@link Jitter}; at least the {@code retryAfter()} of a {@code RejectedException}; a
 * {@link DelayFunction} has the last word.
 *
 * <p>Put it outermost: {@code AsyncPolicy.compose(retry, limiter, breaker, semaphore)}. Each
 * attempt is then admitted anew, and nothing is held while it waits.
 */
public final class Retry implements AsyncPolicy {
  private final RetryRules rules;

  private Retry(RetryRules rules) {
    this.rules = rules;
  }

  /**
   * Starts building a retry.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String name() {
    return rules.name;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The first attempt starts on the calling thread; one after a delay on the executor. An
   * attempt that fails as it starts and may be retried without delay is made again on the same
   * thread. Ending the returned future, at any point, calls off the wait or ends the attempt that
   * runs, and nothing follows. The {@code call} is started once for each attempt.
   */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    try {
      long begun = rules.begin();
      CompletionStage<T> first = RetryFuture.start(call);
      if (hasValue(first) && !rules.looksAtResults()) {
        return CompletableFuture.completedFuture(((CompletableFuture<T>) first).join());
      }
      RetryFuture<T> future = new RetryFuture<>(rules, begun, call);
      future.follow(first);
      return future;
    } catch (Throwable e) { // no memory, or a clock that throws
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Asks only what is known: a minimal stage is a CompletableFuture too, and refuses to answer. */
  private static boolean hasValue(CompletionStage<?> stage) {
    if (stage.getClass() != CompletableFuture.class && !(stage instanceof GuardedFuture)) {
      return false;
    }
    CompletableFuture<?> future = (CompletableFuture<?>) stage;
    return future.isDone() && !future.isCompletedExceptionally();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The thread itself waits between attempts. An attempt whose time has passed is interrupted
   * and ends, whatever it makes of that, with a {@link TimeoutException}, which is thrown though it
   * is not declared if the last attempt ends so: catch {@code Exception} where time-outs are set.
   * The interrupt never arrives after the attempt. Where a policy outside has timed this call out,
   * no further attempt is made.
   */
  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return new RetryCall(rules).<T, X>attempts(call);
  }

  @Override
  public String toString() {
    return "Retry[" + rules.name + "]";
  }

  /** Assembles a retry. Not thread-safe. */
  public static final class Builder {
    private int maxAttempts = requireNonNull(RetryProvider.MAX_ATTEMPTS.defaultValue());
    private Duration initialDelay = requireNonNull(RetryProvider.INITIAL_DELAY.defaultValue());
    private Duration maxDelay = requireNonNull(RetryProvider.MAX_DELAY.defaultValue());
    private double multiplier = requireNonNull(RetryProvider.MULTIPLIER.defaultValue());
    private Jitter jitter = requireNonNull(RetryProvider.JITTER.defaultValue());
    private @Nullable DelayFunction delay;
    private @Nullable List<Class<? extends Throwable>> retryOn;
    private @Nullable Predicate<? super Throwable> retryIf;
    private @Nullable Predicate<? super @Nullable Object> retryIfResult;
    private @Nullable Duration attemptTimeout;
    private @Nullable Duration totalTimeout;
    private @Nullable RetryBudget budget;
    private @Nullable RetryListener onRetry;
    private @Nullable String name;
    private LimiterEnvironment environment = LimiterEnvironment.system();
    private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

    private Builder() {}

    /**
     * How often a call is made at most.
     *
     * @param attempts at least 1, the first included; 3 by default
     * @return this
     */
    public Builder maxAttempts(int attempts) {
      this.maxAttempts = attempts;
      return this;
    }

    /**
     * How long to wait before the second attempt.
     *
     * @param delay zero or more; a second by default
     * @return this
     */
    public Builder initialDelay(Duration delay) {
      this.initialDelay = requireNonNull(delay, "delay");
      return this;
    }

    /**
     * The longest that delays grow to. Only a {@code retryAfter()} and a {@link DelayFunction} may
     * ask for more.
     *
     * @param delay zero or more; a minute by default
     * @return this
     */
    public Builder maxDelay(Duration delay) {
      this.maxDelay = requireNonNull(delay, "delay");
      return this;
    }

    /**
     * By what each delay is longer than the one before.
     *
     * @param factor at least 1 and finite; 2 by default
     * @return this
     */
    public Builder multiplier(double factor) {
      this.multiplier = factor;
      return this;
    }

    /**
     * How chance spreads the delays.
     *
     * @param jitter {@link Jitter#NONE} by default
     * @return this
     */
    public Builder jitter(Jitter jitter) {
      this.jitter = requireNonNull(jitter, "jitter");
      return this;
    }

    /**
     * Has the last word on each delay: for a server's {@code Retry-After}.
     *
     * @param function none by default
     * @return this
     */
    public Builder delay(DelayFunction function) {
      this.delay = requireNonNull(function, "function");
      return this;
    }

    /**
     * Which errors to retry, in place of the default; besides those that {@link #retryIf} accepts.
     * An attempt that times out fails with a {@link TimeoutException}: name it too if such are to
     * be retried. An {@code Error} and a cancellation are not retried though they are named.
     *
     * @param errors their classes, subclasses included; those of an earlier call are forgotten
     * @return this
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are only read
    public final Builder retryOn(Class<? extends Throwable>... errors) {
      return retryOn(List.of(errors));
    }

    Builder retryOn(List<Class<? extends Throwable>> errors) {
      this.retryOn = List.copyOf(errors);
      return this;
    }

    /**
     * Which errors to retry, in place of the default; besides those that {@link #retryOn} names.
     *
     * @param predicate asked about the error, unwrapped; one that throws says no, and is logged
     *     once
     * @return this
     */
    public Builder retryIf(Predicate<? super Throwable> predicate) {
      this.retryIf = requireNonNull(predicate, "predicate");
      return this;
    }

    /**
     * Which results to retry; which errors are is another matter. After the last attempt the result
     * is the call's.
     *
     * @param predicate asked about each result, null too; one that throws says no, and is logged
     *     once
     * @return this
     */
    public Builder retryIfResult(Predicate<? super @Nullable Object> predicate) {
      this.retryIfResult = requireNonNull(predicate, "predicate");
      return this;
    }

    /**
     * How long an attempt may take. It then ends with a {@link TimeoutException}, which the
     * policies inside hear of at once, and may be retried. The time counts from when the attempt
     * has started: asynchronously, when its stage is there.
     *
     * @param timeout more than zero; unbounded by default
     * @return this
     */
    public Builder attemptTimeout(Duration timeout) {
      this.attemptTimeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * How long all attempts and delays may take together. A delay that would pass it is not waited
     * for: the call ends at once as its last attempt did. An attempt that is under way by then ends
     * with a {@link TimeoutException}.
     *
     * @param timeout more than zero; unbounded by default
     * @return this
     */
    public Builder totalTimeout(Duration timeout) {
      this.totalTimeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Limits the retries of all calls together.
     *
     * @param budget to be shared with every other retry that loads the same callee; none by default
     * @return this
     */
    public Builder budget(RetryBudget budget) {
      this.budget = requireNonNull(budget, "budget");
      return this;
    }

    /**
     * Hears of each retry before the wait for it.
     *
     * @param listener none by default
     * @return this
     */
    public Builder onRetry(RetryListener listener) {
      this.onRetry = requireNonNull(listener, "listener");
      return this;
    }

    /**
     * The name in errors and metrics.
     *
     * @param name not blank; {@code retry} by default
     * @return this
     */
    public Builder name(String name) {
      this.name = requireNonNull(name, "name");
      return this;
    }

    /**
     * The clock and timer.
     *
     * @param timeSource the system's by default
     * @return this
     */
    public Builder timeSource(TimeSource timeSource) {
      return environment(environment.withTimeSource(timeSource));
    }

    /**
     * Where attempts after the first start, and time-outs are told.
     *
     * @param executor the library's own small pool by default
     * @return this
     */
    public Builder executor(Executor executor) {
      return environment(environment.withExecutor(executor));
    }

    Builder environment(LimiterEnvironment environment) {
      this.environment = environment;
      return this;
    }

    /** For tests: in place of chance. */
    Builder random(DoubleSupplier random) {
      this.random = random;
      return this;
    }

    /**
     * Makes the retry.
     *
     * @return a new retry
     * @throws IllegalArgumentException if an option is out of range; the message names the option
     *     and the value
     */
    public Retry build() {
      RetryConfig config =
          new RetryConfig(
              maxAttempts,
              initialDelay,
              maxDelay,
              multiplier,
              jitter,
              delay,
              retryOn,
              retryIf,
              retryIfResult,
              attemptTimeout,
              totalTimeout,
              budget,
              onRetry);
      LimiterEnvironment named = name == null ? environment : environment.withName(name);
      return new Retry(new RetryRules(config, named, random));
    }
  }
}
