package io.asynctools.circuitbreaker;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.PermittedCall;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker: it lets calls through while they do well (CLOSED), refuses them once too many
 * have failed (OPEN), and after a time-out lets a few through as probes (HALF_OPEN), the first
 * outcome of which closes it or opens it again. Thread-safe; no call waits, and none meets a lock.
 *
 * <p><b>When it opens.</b> After so many failures in a row, which a success resets; or, with a
 * window, once the share of failed or of slow calls among the last so many calls, or those of the
 * last so long, reaches its threshold.
 *
 * <p><b>What is an outcome.</b> {@code execute} and {@code call} record it by themselves; by hand
 * it is the permit's {@code recordSuccess} or {@code recordFailure}. An exception is a failure
 * unless it is a {@link RejectedException} of a policy inside, or {@code recordFailureIf} says
 * otherwise; then it counts as neither. A time-out that ends the call from outside is one at once.
 * A cancel counts as neither, but as slow if the call had taken so long by then. An outcome counts
 * only for the state that admitted the call: one from before the breaker opened does not close it.
 *
 * <p><b>Probes.</b> At most so many are out at a time. One that ends without an outcome gives its
 * place back; one that reports nothing within the probe time-out loses it to the next call.
 *
 * <p><b>Permits.</b> A breaker never queues: {@code acquire} completes at once whatever {@code
 * maxWait} says, with a permit or with {@link CircuitBreakerOpenException}. However many permits
 * are asked for, it is one call. {@code close} ends the breaker for good, in whatever state.
 *
 * <p><b>Source.</b> Michael T. Nygard, <i>Release It!</i>, 2007, chapter 5.2; the two windows are
 * those that resilience4j has made usual.
 */
public final class CircuitBreaker implements AsyncRateLimiter {

  /** Whether calls are let through. */
  public enum State {
    /** Calls are let through, and their failures counted. */
    CLOSED,
    /** Calls are refused. */
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
  private final @Nullable StateChanges changes;
  private volatile Epoch epoch;

  CircuitBreaker(
      BreakerRule rule, LimiterEnvironment environment, @Nullable StateListener listener) {
    this.rule = rule;
    this.name = nameIn(environment);
    this.time = environment.timeSource();
    this.epoch = closedEpoch();
    this.changes = listener == null ? null : new StateChanges(listener, epoch, name);
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
   * The state now. An open breaker becomes half open with the first call after its time-out.
   *
   * @return the state
   */
  public State state() {
    return epoch.state;
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

  /** Closes the circuit and forgets all outcomes, those of calls that still run included. */
  public void reset() {
    force(now -> closedEpoch());
  }

  /**
   * Opens the circuit for one time-out from now, after which probes may close it. Outcomes of calls
   * that still run do not count.
   */
  public void forceOpen() {
    force(now -> new OpenEpoch(this, nanoTime(), now.failures(), true));
  }

  private void force(UnaryOperator<Epoch> successor) {
    Epoch now;
    do {
      now = epoch;
    } while (!(now instanceof ShutEpoch) && !change(now, successor.apply(now)));
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
   * <p>A breaker is idle while it is CLOSED and no failure or slow call counts, or nothing new was
   * recorded for as long as the time-out and the window last; OPEN, twice its time-out after it
   * opened, unless by {@link #forceOpen}; HALF_OPEN, if none was admitted for as long as that, and
   * none that is out is within its probe time-out.
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
    if (changes != null) {
      from.follow(to);
      changes.report();
    }
    return true;
  }

  Epoch closedEpoch() {
    return rule.hasWindow() ? new WindowEpoch(this) : new ConsecutiveEpoch(this);
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
    private int failureThreshold =
        requireNonNull(CircuitBreakerProvider.FAILURE_THRESHOLD.defaultValue());
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
    private @Nullable StateListener listener;
    private @Nullable String name;
    private LimiterEnvironment environment = LimiterEnvironment.system();

    private Builder() {}

    /**
     * How many failures in a row open the breaker, where it has no window.
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
     * How long a probe may be out before the next call may take its place.
     *
     * @param timeout positive; {@link #timeout} by default
     * @return this
     */
    public Builder probeTimeout(Duration timeout) {
      this.probeTimeout = requireNonNull(timeout, "timeout");
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
     * Which exceptions are failures of the callee; the others count as neither failure nor success.
     * It sees the real exception, without the {@code CompletionException} around it, and never a
     * cancel. If it throws, that is a failure.
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
     * Who hears of changes of state.
     *
     * @param listener the only one
     * @return this
     */
    public Builder onStateChange(StateListener listener) {
      this.listener = requireNonNull(listener, "listener");
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
     * @throws IllegalArgumentException if an option is out of range, or needs another; the message
     *     names the option and the value
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
              slowCallRateThreshold);
      LimiterEnvironment named = name == null ? environment : environment.withName(name);
      return new CircuitBreaker(
          new BreakerRule(config, nameIn(named), failureIf, failureIfResult), named, listener);
    }
  }
}
