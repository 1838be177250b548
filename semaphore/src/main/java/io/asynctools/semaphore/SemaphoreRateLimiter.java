package io.asynctools.semaphore;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.Backoff;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * A semaphore: at most so many permits are out at once, and whoever finds none waits for one to
 * come back, first come, first served. A bulkhead, by another name. Thread-safe.
 *
 * <p><b>What it promises.</b> Never more than {@code maxConcurrent} permits are out. A permit that
 * comes back goes to the oldest waiter who still wants it; one who left, in whatever way, is passed
 * over and costs nothing. A request for several permits gets them all at once and is not starved by
 * smaller ones behind it. How long a wait will be, nobody can tell: {@code acquire} refuses at once
 * only where {@code maxWait} is zero or too many wait, and a refusal has no {@code retryAfter}.
 *
 * <p><b>Permits.</b> A permit comes back when it is ended, once, by whichever thread: {@code
 * release}, {@code recordSuccess} and {@code recordFailure} do the same. {@code execute} ends it
 * when the call's stage completes, and {@code call} when the call returns or throws. A permit that
 * nobody ends is gone.
 *
 * <p><b>Cancelling a call</b> ends the call's own future, and its permit comes back. Where that
 * future may complete while its work goes on (a plain {@link
 * java.util.concurrent.CompletableFuture} does), the permit would come back too early: {@link
 * Builder#cancelCalls cancelCalls(false)} then leaves the call alone and keeps the permit until it
 * has ended by itself.
 *
 * <p><b>Memory.</b> What a thread did before it ended a permit happens before what another does
 * after a grant that needed it, as with {@link java.util.concurrent.Semaphore}.
 */
public final class SemaphoreRateLimiter extends RateLimiterBase {

  // How threads share a semaphore: one word carries the limit and what is free of it, as the sum
  //
  //   limit · 2^32 + free
  //
  // in which `free` is a signed 32-bit number. It is the limit less what is out, so it lies from
  // −(2^31 − 2), everything out and the limit lowered to 1, to the limit. Adding to the word adds
  // to `free` and leaves the limit alone, whatever the sign: what borrows from the upper half on
  // one side of zero is made good when it is read.
  //
  // A grant and a resize are compare-and-sets of the whole word, so that each sees the limit and
  // what is free as of one instant: after a resize no grant can be counted against the old limit,
  // nor can two resizes be at odds. What comes back is added without a condition: it never loses.
  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(SemaphoreRateLimiter.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final SemaphoreConfig built; // before any resize
  private volatile long word;

  SemaphoreRateLimiter(SemaphoreConfig config, LimiterSettings settings) {
    super(settings);
    this.built = config;
    this.word = wordOf(config.maxConcurrent(), config.maxConcurrent());
  }

  /**
   * Starts building a semaphore.
   *
   * @param maxConcurrent how many permits may be out at once, at least 1
   * @return a builder with the defaults
   */
  public static Builder builder(int maxConcurrent) {
    return new Builder(maxConcurrent);
  }

  /**
   * Returns the permits that are free now. After {@link #close} it still counts those that running
   * calls return, though none is granted any more.
   *
   * @return from 0 to the limit, those included that the oldest waiter waits to take together with
   *     others; 0 while more are out than a lowered limit allows
   */
  public int availablePermits() {
    return Math.max(free(word), 0);
  }

  /**
   * Changes the limit, atomically with respect to grants, and never blocks for a permit. Lowered,
   * it leaves the calls alone that run now and takes effect as they end: once this has returned,
   * nothing is granted that would bring the permits out above the new limit. Raised, it lets in at
   * once all waiters that now fit. Waiters keep their place, except that one who asks for more than
   * the new limit fails with {@link IllegalArgumentException}.
   *
   * @param maxConcurrent how many permits may be out at once from now on, at least 1
   * @throws IllegalArgumentException if below 1; the semaphore is then unchanged
   */
  public void resize(int maxConcurrent) {
    int limit = built.with(maxConcurrent).maxConcurrent();
    for (int losses = 0; ; ) {
      long w = word;
      if (WORD.compareAndSet(this, w, wordOf(limit, free(w) + (limit - limit(w))))) {
        break;
      }
      Backoff.afterLosing(++losses);
    }
    wakeAll();
  }

  // ---- The rule, as the base asks for it

  @Override
  protected long take(long permits) {
    for (int losses = 0; ; ) {
      long w = word;
      if (free(w) < permits) {
        return REFUSED;
      }
      if (WORD.compareAndSet(this, w, w - permits)) {
        return 0;
      }
      Backoff.afterLosing(++losses);
    }
  }

  @Override
  protected Permit permit(long permits) {
    return new SemaphorePermit(this, (int) permits); // it was granted, so it is within the limit
  }

  @Override
  protected long undo(long permits, long mark, long returned) {
    WORD.getAndAdd(this, permits);
    return 0; // marks mean nothing here: what is free is a sum, in whatever order it came about
  }

  /** A permit has ended: what it held is free, for the oldest waiter before anybody else. */
  void giveBack(int permits) {
    WORD.getAndAdd(this, (long) permits);
    wake();
  }

  @Override
  protected long maxPermits() {
    return limit(word);
  }

  @Override
  protected RejectedException.Reason reason() {
    return RejectedException.Reason.CONCURRENCY;
  }

  @Override
  protected boolean endsCalls() {
    return built.cancelCalls();
  }

  @Override
  protected String describeState() {
    long w = word;
    return "maxConcurrent=" + limit(w) + ", availablePermits=" + Math.max(free(w), 0);
  }

  @Override
  protected boolean idle() {
    return word == wordOf(built.maxConcurrent(), built.maxConcurrent());
  }

  // ---- The word

  private static long wordOf(int limit, int free) {
    return ((long) limit << 32) + free;
  }

  private static int free(long word) {
    return (int) word;
  }

  private static int limit(long word) {
    return (int) ((word - (int) word) >> 32);
  }

  /** Builds a semaphore. Not thread-safe. */
  public static final class Builder {
    private final int maxConcurrent;
    private boolean cancelCalls = requireNonNull(SemaphoreProvider.CANCEL_CALLS.defaultValue());
    private LimiterSettings settings =
        LimiterSettings.of(LimiterEnvironment.system(), SemaphoreProvider.NAME);
    private UnaryOperator<LimiterSettings> changes = UnaryOperator.identity();

    private Builder(int maxConcurrent) {
      this.maxConcurrent = maxConcurrent;
    }

    /**
     * The longest wait for a permit. While it is unbounded, the log says once if no waiter was
     * granted a permit for a minute and another joins.
     *
     * @param maxWait zero or more; unbounded by default
     * @return this
     */
    public Builder maxWait(Duration maxWait) {
      requireNonNull(maxWait, "maxWait");
      return change(it -> it.withMaxWait(maxWait));
    }

    /**
     * How many may wait at once.
     *
     * @param maxWaiters zero or more, zero only without {@code maxWait}; 2²⁰ by default
     * @return this
     */
    public Builder maxWaiters(int maxWaiters) {
      return change(it -> it.withMaxWaiters(maxWaiters));
    }

    /**
     * Whether ending what {@code execute} returned ends the call's own future too. Say false where
     * that future may complete while its work goes on: the call is then left alone, and its permit
     * comes back when it has ended by itself. Policies inside hear nothing of the ending either, so
     * put breakers and retries outside.
     *
     * @param cancelCalls true by default
     * @return this
     */
    public Builder cancelCalls(boolean cancelCalls) {
      this.cancelCalls = cancelCalls;
      return this;
    }

    /**
     * The name in errors and metrics.
     *
     * @param name not blank; {@code semaphore} by default
     * @return this
     */
    public Builder name(String name) {
      requireNonNull(name, "name");
      return change(it -> it.withName(name));
    }

    /**
     * The clock and timer, for {@code maxWait}.
     *
     * @param timeSource the system's by default
     * @return this
     */
    public Builder timeSource(TimeSource timeSource) {
      requireNonNull(timeSource, "timeSource");
      return change(it -> it.withTimeSource(timeSource));
    }

    /**
     * Where waiters' futures complete, and calls start that had to wait.
     *
     * @param executor the library's own small pool by default
     * @return this
     */
    public Builder executor(Executor executor) {
      requireNonNull(executor, "executor");
      return change(it -> it.withExecutor(executor));
    }

    /**
     * Makes the semaphore.
     *
     * @return a new semaphore
     * @throws IllegalArgumentException if an option is out of range or has no effect beside
     *     another; the message names the option and the value
     */
    public SemaphoreRateLimiter build() {
      return new SemaphoreRateLimiter(
          new SemaphoreConfig(maxConcurrent, cancelCalls), changes.apply(settings));
    }

    /** To be checked by {@link #build}, with everything else. */
    private Builder change(UnaryOperator<LimiterSettings> change) {
      UnaryOperator<LimiterSettings> before = changes;
      changes = it -> change.apply(before.apply(it));
      return this;
    }

    Builder settings(LimiterSettings settings) {
      this.settings = settings;
      return this;
    }
  }
}
