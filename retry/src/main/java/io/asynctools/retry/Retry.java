package io.asynctools.retry;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.GuardedFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
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
 * not about an exception that only carries it: {@code CompletionException}, {@code
 * ExecutionException}, {@code UncheckedIOException}, {@code InvocationTargetException}, {@code
 * UndeclaredThrowableException}. So are the listeners and the {@link DelayFunction}. The caller
 * gets the error as the attempt threw it, or as its stage ended, without a {@code
 * CompletionException} around it.
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
      return isResult(first) ? copy(first) : follow(begun, first, attempt -> call.get());
    } catch (Throwable e) { // no memory, or a clock that throws
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Runs a call under this policy as {@link #execute(Supplier)} does, and tells it which attempt it
   * is. In a stack, the call of the outermost retry starts the others: {@code
   * retry.executeAttempts(attempt -> breaker.execute(() -> client.send(request,
   * attempt.number())))}.
   *
   * @param <T> what the call gives
   * @param call starts the call, once for each attempt
   * @return the call's outcome
   */
  public <T extends @Nullable Object> CompletableFuture<T> executeAttempts(
      Function<? super RetryAttempt, ? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    try {
      long begun = rules.begin();
      CompletionStage<T> first = RetryFuture.start(() -> call.apply(RetryAttempt.FIRST));
      return isResult(first) ? copy(first) : follow(begun, first, call);
    } catch (Throwable e) { // no memory, or a clock that throws
      return CompletableFuture.failedFuture(e);
    }
  }

  private boolean isResult(CompletionStage<?> first) {
    return hasValue(first) && rules.passesResultsOn();
  }

  private static <T extends @Nullable Object> CompletableFuture<T> copy(CompletionStage<T> done) {
    return CompletableFuture.completedFuture(((CompletableFuture<T>) done).join());
  }

  private <T extends @Nullable Object> CompletableFuture<T> follow(
      long begun,
      CompletionStage<T> first,
      Function<? super RetryAttempt, ? extends CompletionStage<T>> call) {
    RetryFuture<T> future = new RetryFuture<>(rules, begun, call);
    future.follow(first);
    return future;
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
    return this.<T, X>callAttempts(attempt -> call.call());
  }

  /**
   * Runs a blocking call under this policy as {@link #call(CheckedCallable)} does, and tells it
   * which attempt it is.
   *
   * @param <T> what the call gives
   * @param <X> the checked exception the call may throw
   * @param call the call, made once for each attempt
   * @return what the call gave
   * @throws X the call's own exception, unwrapped
   * @throws RejectedException if a policy inside rejected the call
   * @throws InterruptedException if the thread was interrupted on entry or while it waited
   */
  public <T extends @Nullable Object, X extends Exception> T callAttempts(
      AttemptCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return new RetryCall(rules).<T, X>attempts(call);
  }

  /**
   * Returns the name and the numbers of this retry in one line.
   *
   * @return for example {@code Retry[name=payments, maxAttempts=3, initialDelay=PT1S,
   *     maxDelay=PT1M, multiplier=2.0, jitter=NONE, totalTimeout=PT10S]}
   */
  @Override
  public String toString() {
    return rules.toString();
  }

  /** Assembles a retry. Not thread-safe. */
  public static final class Builder {
    private static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(60);

    private int maxAttempts = requireNonNull(RetryProvider.MAX_ATTEMPTS.defaultValue());
    private @Nullable Duration initialDelay; // null if not given, as all that follow
    private @Nullable Duration maxDelay;
    private @Nullable Double multiplier;
    private @Nullable Jitter jitter;
    private @Nullable DelayFunction delay;
    private @Nullable List<Class<? extends Throwable>> retryOn;
    private @Nullable Predicate<? super Throwable> retryIf;
    private @Nullable Predicate<? super @Nullable Object> retryIfResult;
    private @Nullable Duration attemptTimeout;
    private @Nullable Duration totalTimeout;
    private @Nullable RetryBudget budget;
    private final List<RetryListener> onRetry = new ArrayList<>();
    private final List<Consumer<? super RetryEvent>> onEvent = new ArrayList<>();
    private final List<Consumer<Object>> onDroppedResult = new ArrayList<>();
    private @Nullable String name;
    private LimiterEnvironment environment = LimiterEnvironment.system();
    private @Nullable DoubleSupplier random;

    private Builder() {}

    /**
     * How often a call is made at most.
     *
     * @param attempts at least 1, the first included; 3 by default. 1 switches retries off
     * @return this
     */
    public Builder maxAttempts(int attempts) {
      this.maxAttempts = attempts;
      return this;
    }

    /**
     * How long to wait before the second attempt. If it is zero, every delay is zero.
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
     * @param delay at least {@code initialDelay} if both are given; by default a minute, or {@code
     *     initialDelay} if that is longer
     * @return this
     */
    public Builder maxDelay(Duration delay) {
      this.maxDelay = requireNonNull(delay, "delay");
      return this;
    }

    /**
     * By what each delay is longer than the one before. It is rejected beside {@link
     * Jitter#DECORRELATED}.
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
     * be retried. A class matches the error itself, and the real cause that it carries: {@code
     * IOException} matches an {@code UncheckedIOException}. An {@code Error} and a cancellation are
     * never retried, so {@link #build} rejects their classes; a superclass such as {@code
     * Throwable} is fine.
     *
     * @param errors their classes, subclasses included; they replace those of an earlier call
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
     * policies inside hear of at once, and may be retried. In {@code execute} the time counts from
     * when the call has given its stage: a call that blocks before that is not ended.
     *
     * @param timeout more than zero, at most {@code totalTimeout}; unbounded by default
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
     * <p>A call that blocks before it gives its stage blocks its thread for as long as it likes. If
     * that is the first attempt, it is the caller's thread, and {@code execute} returns no earlier.
     * If it is a later attempt on the executor, the future ends in time all the same, and no
     * further attempt follows. In {@code call} the attempt is interrupted.
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
     * Adds a listener that hears of each retry before the wait for it. All listeners are called, in
     * the order in which they were added.
     *
     * @param listener what it throws is logged once and changes nothing
     * @return this
     */
    public Builder onRetry(RetryListener listener) {
      onRetry.add(requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Adds a listener that hears of each retry, with the result, and of the end of each call, with
     * its reason. It hears of the end before the caller does. All listeners are called, those of
     * {@code onRetry} first. If the caller ends the call while a retry is being told on another
     * thread, the two may arrive in either order.
     *
     * @param listener called on the thread that ended the attempt or the call, so it must be quick;
     *     what it throws is logged once and changes nothing
     * @return this
     */
    public Builder onEvent(Consumer<? super RetryEvent> listener) {
      onEvent.add(requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Adds a listener that gets each result that an attempt gave and the caller does not get, so
     * that it can be closed: a result that asked for a retry, one that came after its attempt's
     * time-out, one that came after the caller ended the call. It gets each once, never null, and
     * never the result of the call. A result that asked for a retry is dropped just before the next
     * attempt, since it is the call's if no attempt follows.
     *
     * <p>A time-out and a cancel end the attempt's own future. A plain {@code CompletableFuture}
     * then takes no result any more: its {@code complete} returns false, and the code that
     * completes it must close the result. If the call gives {@code future.minimalCompletionStage()}
     * in its place, the work is not ended, and its late result arrives here. A policy inside the
     * retry likewise drops what its own call gives after that.
     *
     * @param listener called on the thread that drops the result; what it throws is logged once and
     *     changes nothing
     * @return this
     */
    public Builder onDroppedResult(Consumer<Object> listener) {
      onDroppedResult.add(requireNonNull(listener, "listener"));
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

    /**
     * The source of chance for the {@link Jitter}: {@code new Random(42)::nextDouble} makes the
     * delays of a test repeatable.
     *
     * @param random gives numbers from 0 inclusive to 1 exclusive; called by all calls at once, so
     *     it must be thread-safe; if it throws, that is logged once and the default is used. By
     *     default each thread's own generator
     * @return this
     */
    public Builder random(DoubleSupplier random) {
      this.random = requireNonNull(random, "random");
      return this;
    }

    /**
     * Makes the retry.
     *
     * @return a new retry
     * @throws IllegalArgumentException if an option is out of range, or has no effect beside
     *     another one that was given; the message names the options and the values
     */
    public Retry build() {
      Duration first =
          initialDelay != null
              ? initialDelay
              : requireNonNull(RetryProvider.INITIAL_DELAY.defaultValue());
      Duration longest = maxDelay != null ? maxDelay : longer(DEFAULT_MAX_DELAY, first);
      RetryConfig config =
          new RetryConfig(
              maxAttempts,
              first,
              longest,
              multiplier != null
                  ? multiplier
                  : requireNonNull(RetryProvider.MULTIPLIER.defaultValue()),
              jitter != null ? jitter : requireNonNull(RetryProvider.JITTER.defaultValue()),
              delay,
              retryOn,
              retryIf,
              retryIfResult,
              attemptTimeout,
              totalTimeout,
              budget,
              onRetry,
              onEvent,
              onDroppedResult,
              random);
      checkContradictions();
      LimiterEnvironment named = name == null ? environment : environment.withName(name);
      return new Retry(new RetryRules(config, named));
    }

    private void checkContradictions() {
      Contradictions.check(
          initialDelay, maxDelay, multiplier, jitter, attemptTimeout, totalTimeout, delay != null);
    }

    private static Duration longer(Duration one, Duration other) {
      return one.compareTo(other) >= 0 ? one : other;
    }
  }
}
