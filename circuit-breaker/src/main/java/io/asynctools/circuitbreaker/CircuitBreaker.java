package io.asynctools.circuitbreaker;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.MessageText;
import io.asynctools.api.spi.PermittedCall;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker: it lets calls through while they do well (CLOSED), refuses them once too many
 * have failed (OPEN), and after a time-out lets a few through as probes (HALF_OPEN), whose outcomes
 * close it or open it again. Thread-safe; no call waits, and none meets a lock.
 *
 * <p><b>When it opens.</b> After so many failures in a row, which a success resets; or, with a
 * window, once the share of failed or of slow calls among the last so many calls, or those of the
 * last so long, reaches its threshold.
 *
 * <p><b>What is an outcome.</b> {@code execute} and {@code call} record it by themselves; by hand
 * it is the permit's {@code recordSuccess} or {@code recordFailure}. An exception is a failure
 * unless it is a {@link RejectedException} of a policy inside, or {@code recordFailureIf} says
 * otherwise; then it counts as neither. A time-out that ends the call from outside is one at once.
 * A cancel or an interrupt counts as neither, but as slow if the call had been slow by then. An
 * outcome counts only for the stay in a state that granted the call: one from before the breaker
 * opened does not close it.
 *
 * <p><b>Probes.</b> At most {@code halfOpenMaxCalls} are out at a time. By default the first
 * success closes the breaker and the first failure opens it again. A probe that ends without an
 * outcome frees its slot. A probe that reports nothing within the probe time-out loses its slot to
 * the next call. Its late success still counts while the breaker has not left that HALF_OPEN state;
 * its late failure does not.
 *
 * <p><b>Permits.</b> A breaker never queues: {@code acquire} completes at once whatever {@code
 * maxWait} says, with a permit or with {@link CircuitBreakerOpenException}. However many permits
 * are asked for, it is one call. {@code close} ends the breaker for good, in whatever state.
 *
 * <p><b>Log.</b> Each change of state is logged once, at INFO by default, to the system logger
 * {@code io.asynctools}: the breaker's name, the two states, and what led to the change. Failures
 * are named by their class, never by their message.
 *
 * <p><b>Source.</b> Michael T. Nygard, <i>Release It!</i>, 2007, chapter 5.2; the two windows are
 * those that resilience4j has made usual.
 */
public final class CircuitBreaker implements AsyncRateLimiter {

  /** Whether calls are let through. */
  public enum State {
    /** Calls are let through, and their failures counted. */
    CLOSED,
    /** Calls are rejected. */
    OPEN,
    /** A few calls are let through, as probes. */
    HALF_OPEN
  }

  // The breaker is in one epoch at a time, and leaves it by compare-and-set: whoever saw the reason
  // for a change in an epoch can only replace that epoch. All counting happens inside an epoch, by
  // the permits that it gave, so that nothing has to be reset and nothing late can count. Nobody
  // needs a timer: an open breaker looks at the clock when it is asked.
  private static final VarHandle EPOCH;
  private static final TimeSource SYSTEM = TimeSource.system();
  private static final int MAX_NAME_LENGTH = 200;

  static {
    try {
      EPOCH = MethodHandles.lookup().findVarHandle(CircuitBreaker.class, "epoch", Epoch.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final BreakerRule rule;
  private final String name;
  private final TimeSource time;
  private final StateChanges changes;
  private volatile Epoch epoch;

  CircuitBreaker(
      BreakerRule rule, LimiterEnvironment environment, List<GuardedListener> listeners) {
    this.rule = rule;
    this.name = nameIn(environment);
    this.time = environment.timeSource();
    Epoch first = closedEpoch("built");
    this.changes = new StateChanges(listeners, first);
    this.epoch = first;
  }

  /**
   * Starts building a breaker.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the state now, by the clock: once the time for which the breaker stays open has passed,
   * it is HALF_OPEN, because the next call is granted as a probe. Listeners hear of that change
   * when that call comes. An isolated breaker is OPEN; one that {@link #close} has ended stays in
   * the state that it was in.
   *
   * @return the state
   */
  public State state() {
    return epoch.stateNow();
  }

  /**
   * Returns whether {@link #isolate} keeps the breaker open.
   *
   * @return whether it is isolated
   */
  public boolean isIsolated() {
    return epoch instanceof IsolatedEpoch;
  }

  /**
   * How many failures count now: those in a row or, with a window, those in the window. In another
   * state than CLOSED, how many there were when it was left, and those of the probes since.
   *
   * @return the number of failures, 0 or more
   */
  public int failureCount() {
    while (true) {
      Epoch now = epoch;
      int count = now.failures();
      if (now == epoch) {
        return count;
      }
    }
  }

  /**
   * Closes the circuit and forgets all outcomes, those of calls that still run included. Ends an
   * isolation, and resets a time-out that has grown.
   */
  public void reset() {
    force(now -> closedEpoch("reset()"));
  }

  /**
   * Opens the circuit for one {@code timeout} from now, after which probes may close it. Outcomes
   * of calls that still run do not count. Does nothing if the breaker is isolated.
   */
  public void forceOpen() {
    forceOpen(rule.timeoutNanos);
  }

  /**
   * Opens the circuit for a time from now, after which probes may close it. Outcomes of calls that
   * still run do not count. Does nothing if the breaker is isolated. If a probe then opens the
   * breaker again, it does so for its own time-out.
   *
   * @param duration how long, positive; {@code maxTimeout} does not bound it
   * @throws IllegalArgumentException if {@code duration} is zero or negative
   */
  public void forceOpen(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(
          "duration must be positive for circuit breaker '" + name + "', was " + duration);
    }
    forceOpen(BreakerRule.nanos(duration));
  }

  private void forceOpen(long nanos) {
    force(now -> now instanceof IsolatedEpoch ? null : OpenEpoch.forced(now, nanos));
  }

  /**
   * Opens the circuit until {@link #reset}: no time-out ends that, and no probe is granted. Its
   * rejections have no {@code retryAfter}. Outcomes of calls that still run do not count.
   */
  public void isolate() {
    force(now -> now instanceof IsolatedEpoch ? null : new IsolatedEpoch(now));
  }

  /** Changes the state by hand, unless the breaker is closed for good or the successor is null. */
  private void force(Function<Epoch, @Nullable Epoch> successor) {
    while (true) {
      Epoch now = epoch;
      Epoch next = now instanceof ShutEpoch ? null : successor.apply(now);
      if (next == null || change(now, next)) {
        return;
      }
    }
  }

  // ---- Admitting calls

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Permit> tryAcquire() {
    Permit permit = admitted();
    if (permit == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(permit);
    } catch (Throwable e) { // out of memory
      permit.release();
      throw e;
    }
  }

  @Override
  public Optional<Permit> tryAcquire(long permits) {
    checkPermits(permits);
    return tryAcquire();
  }

  @Override
  public CompletableFuture<Permit> acquire() {
    Permit permit = null;
    try {
      permit = admittedOrThrow();
      return CompletableFuture.completedFuture(permit);
    } catch (Throwable e) {
      if (permit != null) { // out of memory
        permit.release();
      }
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits) {
    checkPermits(permits);
    return acquire();
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
    checkPermits(permits);
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait must not be negative, was " + maxWait);
    }
    return acquire();
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    Permit permit;
    try {
      permit = admittedOrThrow();
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
    return PermittedCall.execute(permit, call);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    checkPermits(permits);
    return execute(call);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return PermittedCall.call(admittedOrThrow(), call);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    checkPermits(permits);
    return call(call);
  }

  /**
   * {@inheritDoc}
   *
   * <p>For an open breaker this is the time for which it stays open. It is zero while the breaker
   * is CLOSED, and while it is HALF_OPEN: if all its probes are out, one may end at any time. For a
   * breaker that is isolated or closed for good it is the longest time that there is, 292 years.
   */
  @Override
  public Duration estimateWait(long permits) {
    checkPermits(permits);
    return Duration.ofNanos(epoch.nanosToWait());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A breaker is idle while it is CLOSED and no failure or slow call counts, or nothing new was
   * recorded for as long as the time-out and the window last; OPEN, twice its time-out after it
   * opened, unless by {@link #forceOpen} or {@link #isolate}; HALF_OPEN, if no probe was granted
   * for as long as that, and no probe that is out is within its probe time-out.
   */
  @Override
  public boolean isIdle() {
    return epoch.isIdle();
  }

  @Override
  public void close() {
    Epoch now;
    do {
      now = epoch;
    } while (!(now instanceof ShutEpoch) && !change(now, new ShutEpoch(now)));
  }

  /**
   * Returns one line with the name, the state and the main numbers.
   *
   * @return the line
   */
  @Override
  public String toString() {
    Epoch now = epoch;
    StringBuilder text = new StringBuilder("CircuitBreaker[name=");
    text.append(MessageText.escape(name, MAX_NAME_LENGTH));
    try {
      State state = now.stateNow();
      int failures = now.failures();
      text.append(", state=").append(state).append(", failureCount=").append(failures);
    } catch (RuntimeException e) { // a clock that throws
      text.append(", state=").append(now.state);
    }
    now.describe(text);
    return text.append(']').toString();
  }

  // ---- Machinery

  private @Nullable Permit admitted() {
    Permit permit;
    do {
      permit = epoch.admit();
    } while (permit == MovedOn.INSTANCE);
    return permit;
  }

  private Permit admittedOrThrow() {
    while (true) {
      Epoch now = epoch;
      Permit permit = now.admit();
      if (permit == null) {
        throw now.refusal();
      }
      if (permit != MovedOn.INSTANCE) {
        return permit;
      }
    }
  }

  boolean isIn(Epoch some) {
    return epoch == some;
  }

  /** Ends an epoch, if it is the one the breaker is in. */
  boolean change(Epoch from, Epoch to) {
    if (!EPOCH.compareAndSet(this, from, to)) {
      return false;
    }
    from.leave(to);
    from.follow(to);
    changes.report();
    return true;
  }

  Epoch closedEpoch(String why) {
    return rule.hasWindow() ? new WindowEpoch(this, why) : new ConsecutiveEpoch(this, why);
  }

  long nanoTime() {
    return time == SYSTEM
        ? System.nanoTime()
        : time.nanoTime(); // spares the usual one a type check
  }

  static String nameIn(LimiterEnvironment environment) {
    return environment.name().orElse(CircuitBreakerProvider.NAME);
  }

  private void checkPermits(long permits) {
    if (permits < 1) {
      throw new IllegalArgumentException(
          "permits must be at least 1 for circuit breaker '" + name + "', was " + permits);
    }
  }

  /** Builds a breaker. Not thread-safe. */
  public static final class Builder {
    private @Nullable Integer failureThreshold;
    private Duration timeout = requireNonNull(CircuitBreakerProvider.TIMEOUT.defaultValue());
    private int halfOpenMaxCalls =
        requireNonNull(CircuitBreakerProvider.HALF_OPEN_MAX_CALLS.defaultValue());
    private @Nullable Duration probeTimeout;
    private @Nullable Integer countWindow;
    private @Nullable Duration timeWindow;
    private @Nullable Double failureRateThreshold;
    private @Nullable Integer minimumCalls;
    private @Nullable Duration slowCallDuration;
    private @Nullable Double slowCallRateThreshold;
    private @Nullable Predicate<? super Throwable> failureIf;
    private @Nullable Predicate<? super @Nullable Object> failureIfResult;
    private @Nullable Integer halfOpenSuccesses;
    private @Nullable Integer halfOpenMinimumCalls;
    private @Nullable Double halfOpenFailureRateThreshold;
    private @Nullable Boolean slowProbesFail;
    private @Nullable Double timeoutMultiplier;
    private @Nullable Duration maxTimeout;
    private @Nullable TimeoutFunction timeoutFunction;
    private Level logLevel = Level.INFO;
    private final List<StateListener> listeners = new ArrayList<>();
    private @Nullable String name;
    private LimiterEnvironment environment = LimiterEnvironment.system();

    private Builder() {}

    /**
     * How many failures in a row open the breaker. Excludes a window, which has rates instead.
     *
     * @param failures at least 1; 5 by default
     * @return this
     */
    public Builder failureThreshold(int failures) {
      this.failureThreshold = failures;
      return this;
    }

    /**
     * How long the breaker stays open before it lets probes through.
     *
     * @param timeout positive; 60 s by default
     * @return this
     */
    public Builder timeout(Duration timeout) {
      this.timeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * How many probes may be out at a time while the breaker is half open.
     *
     * @param probes from 1, the default, to 10 000
     * @return this
     */
    public Builder halfOpenMaxCalls(int probes) {
      this.halfOpenMaxCalls = probes;
      return this;
    }

    /**
     * How long a probe may be out before the next call may take its slot. Its success still counts
     * afterwards, its failure does not.
     *
     * @param timeout positive; {@link #timeout} by default
     * @return this
     */
    public Builder probeTimeout(Duration timeout) {
      this.probeTimeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Sets how many probes must succeed to close a half-open breaker; one failure opens it again.
     * They run one after the other unless {@link #halfOpenMaxCalls} lets more run at a time. To
     * tolerate failures of probes, use {@link #halfOpenFailureRateThreshold} instead.
     *
     * @param successes from 1, the default, to 10 000
     * @return this
     */
    public Builder halfOpenSuccesses(int successes) {
      this.halfOpenSuccesses = successes;
      return this;
    }

    /**
     * Sets how many probes make the rate that {@link #halfOpenFailureRateThreshold} is about. Give
     * both or neither.
     *
     * @param probes from 1 to 10 000
     * @return this
     */
    public Builder halfOpenMinimumCalls(int probes) {
      this.halfOpenMinimumCalls = probes;
      return this;
    }

    /**
     * Lets the failure rate of {@link #halfOpenMinimumCalls} probes decide, in place of {@link
     * #halfOpenSuccesses}: if it reaches this share, the breaker opens again; otherwise it closes.
     * It does so as soon as the remaining probes can no longer change that: of 10 probes at a share
     * of 0.5, the fifth failure opens the breaker and the sixth success closes it.
     *
     * @param share above 0 and at most 1
     * @return this
     */
    public Builder halfOpenFailureRateThreshold(double share) {
      this.halfOpenFailureRateThreshold = share;
      return this;
    }

    /**
     * Sets how the time for which the breaker stays open grows: each time a probe opens it again,
     * it is multiplied by this. Once the breaker has closed, it is {@link #timeout} again.
     *
     * @param multiplier above 1; by default the time does not grow
     * @return this
     */
    public Builder timeoutMultiplier(double multiplier) {
      this.timeoutMultiplier = multiplier;
      return this;
    }

    /**
     * Bounds the time that {@link #timeoutMultiplier} and {@link #timeoutFunction} make.
     *
     * @param timeout at least {@link #timeout}; by default the longer of that and one hour
     * @return this
     */
    public Builder maxTimeout(Duration timeout) {
      this.maxTimeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Lets the failure that opens the breaker say how long it stays open. Where the function
     * returns null, {@link #timeout} and {@link #timeoutMultiplier} decide.
     *
     * @param function for example one that returns what a {@code Retry-After} header says
     * @return this
     */
    public Builder timeoutFunction(TimeoutFunction function) {
      this.timeoutFunction = requireNonNull(function, "function");
      return this;
    }

    /**
     * Has the breaker watch the rates of the last so many outcomes, in place of failures in a row.
     *
     * @param calls from 1 to 100 000
     * @return this
     */
    public Builder countWindow(int calls) {
      this.countWindow = calls;
      return this;
    }

    /**
     * Has the breaker watch the rates of the outcomes of the last so long, in place of failures in
     * a row. It is kept in 20 slices: an outcome is forgotten when it is between 95 and 100 % of
     * the window old.
     *
     * @param window positive
     * @return this
     */
    public Builder timeWindow(Duration window) {
      this.timeWindow = requireNonNull(window, "window");
      return this;
    }

    /**
     * With a window: the share of failures that opens the breaker.
     *
     * @param share above 0 and at most 1; 0.5 by default
     * @return this
     */
    public Builder failureRateThreshold(double share) {
      this.failureRateThreshold = share;
      return this;
    }

    /**
     * With a window: how many outcomes it must hold before their rates mean something.
     *
     * @param calls from 1 to the count window; 10 by default, or the count window if smaller
     * @return this
     */
    public Builder minimumCalls(int calls) {
      this.minimumCalls = calls;
      return this;
    }

    /**
     * With a window: how long a call takes that counts as slow, whether it succeeds, fails, is
     * cancelled or released without an outcome. One whose error counts as neither success nor
     * failure is not counted at all.
     *
     * @param least positive; by default no call is slow
     * @return this
     */
    public Builder slowCallDuration(Duration least) {
      this.slowCallDuration = requireNonNull(least, "least");
      return this;
    }

    /**
     * With {@link #slowCallDuration}: the share of slow calls that opens the breaker.
     *
     * @param share above 0 and at most 1; 1.0 by default
     * @return this
     */
    public Builder slowCallRateThreshold(double share) {
      this.slowCallRateThreshold = share;
      return this;
    }

    /**
     * With {@link #slowCallDuration}: sets whether a probe that takes that time counts as failed
     * though it succeeds. If not, it closes the breaker, and the fresh window watches whether calls
     * are slow still.
     *
     * @param fail true by default
     * @return this
     */
    public Builder slowProbesFail(boolean fail) {
      this.slowProbesFail = fail;
      return this;
    }

    /**
     * Which exceptions are failures of the callee; the others count as neither failure nor success.
     * It sees what really failed: the cause of a {@code CompletionException}, {@code
     * ExecutionException}, {@code UncheckedIOException}, {@code InvocationTargetException} or
     * {@code UndeclaredThrowableException}. It never sees a cancel or an interrupt. If it throws,
     * that is a failure. The caller gets the exception that the call ended with.
     *
     * @param failure asked once a call, on the thread that ends it; by default all are but {@link
     *     RejectedException}
     * @return this
     */
    public Builder recordFailureIf(Predicate<? super Throwable> failure) {
      this.failureIf = requireNonNull(failure, "failure");
      return this;
    }

    /**
     * Which values that a call gives are failures of the callee: an HTTP response 500, say. The
     * caller gets the value all the same. If it throws, that is a failure.
     *
     * @param failure asked once a call, on the thread that ends it; by default none is
     * @return this
     */
    public Builder recordFailureIfResult(Predicate<? super @Nullable Object> failure) {
      this.failureIfResult = requireNonNull(failure, "failure");
      return this;
    }

    /**
     * Adds a listener that hears of changes of state. Listeners are called in the order in which
     * they were added; one that throws does not keep the next from being called.
     *
     * @param listener called once for each change
     * @return this
     */
    public Builder onStateChange(StateListener listener) {
      listeners.add(requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Sets the level at which changes of state are logged to the system logger {@code
     * io.asynctools}.
     *
     * @param level INFO by default; OFF to log none
     * @return this
     */
    public Builder logLevel(Level level) {
      this.logLevel = requireNonNull(level, "level");
      return this;
    }

    /**
     * The name in errors and metrics.
     *
     * @param name not blank; {@code circuit-breaker} by default
     * @return this
     */
    public Builder name(String name) {
      this.name = requireNonNull(name, "name");
      return this;
    }

    /**
     * The clock. A breaker sets no timers.
     *
     * @param timeSource the system's by default
     * @return this
     */
    public Builder timeSource(TimeSource timeSource) {
      environment = environment.withTimeSource(timeSource);
      return this;
    }

    /**
     * Taken as by every strategy's builder. A breaker has nobody wait, so it hands over nothing.
     *
     * @param executor the library's own small pool by default
     * @return this
     */
    public Builder executor(Executor executor) {
      environment = environment.withExecutor(executor);
      return this;
    }

    /**
     * Makes the breaker, CLOSED.
     *
     * @return a new breaker
     * @throws IllegalArgumentException if an option is out of range, needs another, or does nothing
     *     beside another; the message names the option and the value
     */
    public CircuitBreaker build() {
      BreakerConfig config =
          new BreakerConfig(
              failureThreshold,
              timeout,
              halfOpenMaxCalls,
              probeTimeout,
              countWindow,
              timeWindow,
              failureRateThreshold,
              minimumCalls,
              slowCallDuration,
              slowCallRateThreshold,
              halfOpenSuccesses,
              halfOpenMinimumCalls,
              halfOpenFailureRateThreshold,
              slowProbesFail,
              timeoutMultiplier,
              maxTimeout,
              timeoutFunction);
      LimiterEnvironment named = name == null ? environment : environment.withName(name);
      String breaker = nameIn(named);
      List<GuardedListener> guarded =
          listeners.stream().map(each -> new GuardedListener(each, breaker)).toList();
      return new CircuitBreaker(
          new BreakerRule(config, breaker, failureIf, failureIfResult, logLevel), named, guarded);
    }
  }
}
