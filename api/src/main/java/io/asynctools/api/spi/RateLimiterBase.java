package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A limiter without its rule. It owns waiting, order, cancellation, {@code maxWait}, {@code
 * maxWaiters}, timers and closing; a strategy says what may be taken, when, and what giving back
 * means.
 *
 * <p><b>The rule</b> is {@link #take}, {@link #nanosUntil} and {@link #undo}, beside {@link
 * #maxPermits}, {@link #permit} and {@link #idle}. They are called from any thread, some of them
 * under the lock of the line of waiters: they must be thread-safe and quick, must not block, and
 * must run no code of the user. A strategy calls {@link #wake} after anything but the passing of
 * time may have made room for a waiter. It never does so while it holds a lock that its rule takes.
 *
 * <p><b>How it works.</b> Until somebody waits there is only the rule: a request that comes while
 * nobody waits asks it once, without a lock. The first to be refused makes the {@link Line}, in
 * which all later ones wait in order of arrival; then the line alone asks the rule, for the one at
 * its head. A request joins first and asks the rule afterwards, while a release frees first and
 * looks at the line afterwards, so that no wake-up is lost.
 */
public abstract class RateLimiterBase implements AsyncRateLimiter {

  /** What {@link #take} gives when it gives nothing. No mark may have this value. */
  protected static final long REFUSED = Long.MIN_VALUE;

  /** What {@link #nanosUntil} gives when time alone decides nothing, or nobody can say. */
  protected static final long UNKNOWN = Long.MAX_VALUE;

  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final TimeSource SYSTEM = TimeSource.system();
  private static final VarHandle LINE;

  static {
    try {
      LINE = MethodHandles.lookup().findVarHandle(RateLimiterBase.class, "line", Line.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LimiterSettings settings;
  private final TimeSource time; // the settings' own: a load less on the way of every call
  @Nullable LongWaitNotice longWaitNotice; // shared with others; null for one of its own
  private volatile @Nullable Line line; // null until somebody waits, or the limiter is closed

  /**
   * Makes a limiter on which nobody waits.
   *
   * @param settings its name, time source, executor and bounds
   */
  protected RateLimiterBase(LimiterSettings settings) {
    this.settings = requireNonNull(settings, "settings");
    this.time = settings.timeSource();
  }

  // ---- The rule: what a strategy says

  /**
   * Takes permits if they may be granted now, all or none. Called without a lock where nobody
   * waits, and under the line's lock for its head.
   *
   * @param permits how many, from 1 to {@link #maxPermits}
   * @return {@link #REFUSED}, or, for a grant, whatever {@link #undo} wants to know of it: a mark
   */
  protected abstract long take(long permits);

  /**
   * How long until permits may be granted if nobody takes any meanwhile, after {@link #take}
   * refused, or to tell the wait of a line that asks for {@code permits} in all.
   *
   * @param permits how many; for a whole line it may be more than {@link #maxPermits}
   * @return nanoseconds, 0 for now and never less; {@link #UNKNOWN} if time alone decides nothing
   */
  protected long nanosUntil(long permits) {
    return UNKNOWN;
  }

  /**
   * Gives back what was granted to a waiter that left before it heard of it. Called under the
   * line's lock; {@link #wake} need not be called. May be called after {@link #close}.
   *
   * @param permits how many had been granted
   * @param mark what {@link #take} gave with the grant
   * @param returned what {@code undo} has given back since, of grants made before this one
   * @return how much was given back, in the unit of the marks; 0 where marks mean nothing
   */
  protected abstract long undo(long permits, long mark, long returned);

  /**
   * The most that one request may ask for.
   *
   * @return a bound; it may change where the limiter is changed at run time
   */
  protected abstract long maxPermits();

  /**
   * What a call costs that does not say.
   *
   * @return permits, 1 by default
   */
  protected long permitsPerCall() {
    return 1;
  }

  /**
   * The permit of a grant. By default one that all share and whose end does nothing, for rules in
   * which what is spent stays spent.
   *
   * @param permits how many were granted
   * @return the permit
   */
  protected Permit permit(long permits) {
    return SpentPermit.INSTANCE;
  }

  /**
   * What a refusal is called.
   *
   * @return the reason, {@link RejectedException.Reason#RATE} by default
   */
  protected RejectedException.Reason reason() {
    return RejectedException.Reason.RATE;
  }

  /**
   * Returns what led to a rejection, for its cause: the failure of a server that decides, say.
   * Called for each rejection, perhaps under the lock of the wait queue; must be quick.
   *
   * @return the cause; null, the default, if there is none
   */
  protected @Nullable Throwable rejectionCause() {
    return null;
  }

  /**
   * Returns the key that this limiter belongs to, for rejections. Called for each rejection,
   * perhaps under the lock of the wait queue; must be quick.
   *
   * @return the key; null, the default, if there is none
   */
  protected @Nullable Object rejectionKey() {
    return null;
  }

  /**
   * Checks whether the calling thread may block until a grant comes. A rule whose answers arrive on
   * that thread rejects the call here, because the grant could never come. Does nothing by default.
   *
   * @throws IllegalStateException if the thread must not block
   */
  protected void checkMayBlock() {}

  /**
   * Whether ending what {@code execute} returned ends the call's own future too. Where that may
   * complete while its work goes on, one says no: the call then keeps its permit until its stage
   * completes by itself. An {@link OutcomePermit} hears of the ending at once in either case. Asked
   * once for each call, before it is admitted.
   *
   * @return true by default
   */
  protected boolean endsCalls() {
    return true;
  }

  /**
   * Whether the rule's own state may be forgotten; asked only while nobody waits.
   *
   * @return whether a fresh limiter could admit nothing that this one would refuse
   * @see AsyncRateLimiter#isIdle
   */
  protected abstract boolean idle();

  /**
   * Describes the strategy's settings and state for {@link #toString}, in the form {@code rate=5/s,
   * availableTokens=3}. May be called at any time, also after {@link #close}. By default empty.
   *
   * @return the text, without name, number of waiters and whether the limiter is closed
   */
  protected String describeState() {
    return "";
  }

  // ---- What a strategy may use

  /**
   * Returns whether a request that comes now may ask the rule, because no waiter is before it and
   * the limiter is open. For operations of a strategy that take permits by themselves.
   *
   * @return false if there is a waiter, or if the limiter is closed
   */
  protected final boolean mayTakeNow() {
    Line l = line;
    return l == null || !l.isBarred();
  }

  /**
   * Looks at the waiters again. Call it after a release or a change that may have made room, once
   * {@link #take} can see it on any thread: written to a volatile or by an atomic operation, or
   * under the lock that the rule takes. Takes no lock while nobody waits.
   */
  protected final void wake() {
    Line l = line;
    if (l != null && (l.isBarred() || answersLater())) {
      l.look();
    }
  }

  /**
   * Looks at all the waiters again. Call it after {@link #maxPermits} has changed: those who ask
   * for more than can ever be granted now fail with {@link IllegalArgumentException}.
   */
  protected final void wakeAll() {
    Line l = line;
    if (l != null) {
      l.lookAtAll();
    }
  }

  /**
   * The time now.
   *
   * @return the time of the limiter's own clock, in nanoseconds
   */
  protected final long nanoTime() {
    return time == SYSTEM
        ? System.nanoTime()
        : time.nanoTime(); // spares the usual one a type check
  }

  /**
   * The settings that the limiter was made with.
   *
   * @return the settings
   */
  protected final LimiterSettings settings() {
    return settings;
  }

  // ---- The limiter

  @Override
  public final String name() {
    return settings.name();
  }

  @Override
  public final Optional<Permit> tryAcquire() {
    return tryTake(permitsPerCall());
  }

  @Override
  public final Optional<Permit> tryAcquire(long permits) {
    checkPermits(permits);
    return tryTake(permits);
  }

  private Optional<Permit> tryTake(long permits) {
    Permit permit = admittedNow(permits);
    if (permit == SpentPermit.INSTANCE) {
      return SpentPermit.OPTIONAL;
    }
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
  public final CompletableFuture<Permit> acquire() {
    return acquire(permitsPerCall(), settings.maxWaitNanos());
  }

  @Override
  public final CompletableFuture<Permit> acquire(long permits) {
    checkPermits(permits);
    return acquire(permits, settings.maxWaitNanos());
  }

  @Override
  public final CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
    checkPermits(permits);
    return acquire(permits, LimiterSettings.nanosOf(maxWait));
  }

  private CompletableFuture<Permit> acquire(long permits, long maxWaitNanos) {
    return acquire(permits, maxWaitNanos, Waiter::new);
  }

  private CompletableFuture<Permit> acquire(
      long permits, long maxWaitNanos, WaiterFactory factory) {
    try {
      Permit permit = admittedNow(permits);
      if (permit == SpentPermit.INSTANCE) {
        return SpentPermit.FUTURE;
      }
      if (permit != null) {
        return granted(permit);
      }
      Waiter waiter = factory.create(line(), permits);
      waiter.line.join(waiter, maxWaitNanos);
      return waiter;
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CompletableFuture<Permit> granted(Permit permit) {
    try {
      return new GrantedFuture(permit);
    } catch (Throwable e) { // out of memory
      permit.release();
      throw e;
    }
  }

  @Override
  public final Permit acquireBlocking() throws InterruptedException {
    return acquireBlocking(permitsPerCall(), settings.maxWaitNanos());
  }

  @Override
  public final Permit acquireBlocking(long permits, Duration maxWait) throws InterruptedException {
    checkPermits(permits);
    return acquireBlocking(permits, LimiterSettings.nanosOf(maxWait));
  }

  /**
   * The thread that waits is woken by whoever grants: nobody else's code runs there, so it needs no
   * executor, and no executor whose threads all wait can keep it from its grant.
   */
  private Permit acquireBlocking(long permits, long maxWaitNanos) throws InterruptedException {
    checkMayBlock();
    return BlockingWait.permitOf(() -> acquire(permits, maxWaitNanos, Waiter.ForThread::new));
  }

  @Override
  public final <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    return run(permitsPerCall(), call);
  }

  @Override
  public final <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    checkPermits(permits);
    return run(permits, call);
  }

  private <T extends @Nullable Object> CompletableFuture<T> run(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    CallFuture<T> future = new CallFuture<>(requireNonNull(call, "call"), endsCalls());
    try {
      Permit permit = admittedNow(permits);
      if (permit != null) {
        future.start(permit);
      } else {
        Waiter waiter = new Waiter.ForCall(line(), permits, future);
        future.waitsAs(waiter);
        waiter.line.join(waiter, settings.maxWaitNanos());
      }
    } catch (Throwable e) {
      future.refused(e);
    }
    return future;
  }

  @Override
  public final <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    return PermittedCall.call(acquireBlocking(), call);
  }

  @Override
  public final <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    return PermittedCall.call(acquireBlocking(permits, settings.maxWaitOrForever()), call);
  }

  @Override
  public final Duration estimateWait(long permits) {
    checkPermits(permits);
    Line l = line;
    if (l != null && l.isClosed()) {
      return NEVER;
    }
    long nanos = nanosUntil(l == null ? permits : l.askedWith(permits));
    return nanos == UNKNOWN ? Duration.ZERO : Duration.ofNanos(nanos);
  }

  /**
   * How many wait now.
   *
   * @return the number of waiters, 0 or more
   */
  public final int waiters() {
    Line l = line;
    return l == null ? 0 : l.waiters();
  }

  @Override
  public final boolean isIdle() {
    Line l = line;
    return (l == null || !l.isBarred()) && !awaitsAnswer() && idle();
  }

  /**
   * Returns the kind, the name and the state on one line, for logs.
   *
   * @return for example {@code GateLimiter[name=gate, waiters=3, closed=false]}
   */
  @Override
  public String toString() {
    String state;
    try {
      state = describeState();
    } catch (RuntimeException e) { // a clock that throws: a log line goes on without it
      state = "state=unknown";
    }
    Line l = line;
    return getClass().getSimpleName()
        + "[name="
        + name()
        + (state.isEmpty() ? "" : ", " + state)
        + ", waiters="
        + waiters()
        + ", closed="
        + (l != null && l.isClosed())
        + "]";
  }

  /** {@inheritDoc} A strategy that overrides this calls it too. */
  @Override
  public void close() {
    line().close();
  }

  // ---- Machinery

  /**
   * A permit for one who comes while nobody waits, if the rule gives one. A waiter that joins
   * between the two looks came after this request did.
   */
  private @Nullable Permit admittedNow(long permits) {
    Line l = line;
    if (l != null && l.isBarred()) {
      return null;
    }
    long mark = take(permits);
    return mark == REFUSED ? null : permitOrUndo(permits, mark);
  }

  /** The permit of a grant; if none can be made (out of memory), the grant is given back. */
  private Permit permitOrUndo(long permits, long mark) {
    try {
      return requireNonNull(permit(permits), "permit() gave null");
    } catch (Throwable e) {
      line().undo(permits, mark);
      throw e;
    }
  }

  /** For one at the head whom {@link #take} refused, under the lock. */
  long nanosUntilHead(Waiter head) {
    return nanosUntil(head.permits);
  }

  /** Whether the rule answers later: the wait of a new request is then not known. */
  boolean answersLater() {
    return false;
  }

  /** How long the last answer of a rule that answers later holds; under the lock. */
  long nanosDenied() {
    return UNKNOWN;
  }

  /** Returns how long the head waits at most before it asks again; under the lock. */
  long nanosUntilAskAgain() {
    return UNKNOWN;
  }

  /** Runs after the last waiter has left the wait queue, without its lock. */
  void afterLastWaiter() {}

  /** Whether a question is under way; under the lock, or as a hint. */
  boolean awaitsAnswer() {
    return false;
  }

  /** What an earlier answer said may be out of date; under the lock. */
  void forgetAnswer() {}

  final Line line() {
    Line l = line;
    if (l == null) {
      Line made = new Line(this);
      Line witness = (Line) LINE.compareAndExchange(this, null, made);
      l = witness == null ? made : witness;
    }
    return l;
  }

  private interface WaiterFactory {
    Waiter create(Line line, long permits);
  }

  private void checkPermits(long permits) {
    if (permits < 1 || permits > maxPermits()) {
      throw unfit(permits);
    }
  }

  final IllegalArgumentException unfit(long permits) {
    return new IllegalArgumentException(
        "permits must be between 1 and "
            + maxPermits()
            + ", the most that limiter '"
            + name()
            + "' can ever grant at once, was "
            + permits);
  }
}
