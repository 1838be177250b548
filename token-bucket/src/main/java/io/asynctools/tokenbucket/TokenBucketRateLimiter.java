package io.asynctools.tokenbucket;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.Backoff;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket: calls take tokens, which come in at a steady rate and are kept up to a capacity,
 * so that a burst of at most that many calls may follow a quiet time. Thread-safe.
 *
 * <p><b>What it promises.</b> In every window of length t at most {@code capacity + rate · (t + 1
 * ns)} permits are granted, exactly: no rounding adds up, at any rate from one in decades to one a
 * nanosecond, after a century without use. Under saturation the long-run rate is the configured
 * one, where the capacity holds what a late timer misses (the rate times about 2 ms): a smaller
 * bucket runs over before the timer comes, and what runs over is lost. On a {@linkplain
 * TimeSource#coarse coarse clock} the bound is {@code capacity + rate · (t + tick + 1 ns)}. A clock
 * is good for 292 years from when the bucket is made.
 *
 * <p><b>Permits.</b> A spent token stays spent: ending a permit does nothing, so that all grants
 * share one permit, and those made at once one future. Nothing is allocated by {@code tryAcquire},
 * nor by an {@code acquire} granted at once.
 *
 * <p><b>Source.</b> The bucket is the generic cell rate algorithm (ITU-T I.371, annex A) kept in
 * exact integers; {@link BucketRule} has the arithmetic.
 */
public final class TokenBucketRateLimiter extends RateLimiterBase {

  // How threads share a bucket. `issued` is written by compare-and-set: by a grant, or to CHANGING
  // by one who has a new `rule` ready (a reconfigure, an undo) and then writes the two: nothing
  // else happens between, so that nobody is held up by a clock. A reader takes `rule`, `issued`,
  // the clock, and `rule` again: if that is the same, no change lies between, so the two belong
  // together. If `issued` is still the same at the compare-and-set, no grant lies between, nor a
  // change of the arithmetic, since a changed rule counts from above every value that was ever
  // issued. The clock is read after `issued`, so what is refused was refused then.
  //
  // Under overload nearly all are refused, most of them many times for one token. So whoever is
  // refused leaves behind the instant of the next token, and until then the others need no
  // arithmetic. While `issued` only grows, the instant of the next token only moves away, so
  // whatever was left behind, by whomever, is never too late; the rule of a bucket to which
  // something was given back, or whose rate was changed, is not `steady` and goes without. One who
  // took `rule` before that and reads the instant afterwards refuses as of before.
  private static final long CHANGING = BucketRule.NO_GRANT;
  private static final long LONG_AGO = -(1L << 40); // 18 minutes: before any reading that is late
  private static final VarHandle ISSUED;
  private static final VarHandle REFUSED_UNTIL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ISSUED = lookup.findVarHandle(TokenBucketRateLimiter.class, "issued", long.class);
      REFUSED_UNTIL =
          lookup.findVarHandle(TokenBucketRateLimiter.class, "refusedUntil", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long origin;
  private volatile BucketRule rule;
  private volatile long issued;
  private volatile long refusedUntil; // after the origin; written without a fence

  TokenBucketRateLimiter(BucketRule rule, LimiterSettings settings) {
    super(settings);
    this.rule = rule;
    this.origin = settings.timeSource().nanoTime();
    this.issued = rule.first;
    this.refusedUntil = LONG_AGO;
  }

  /**
   * Starts building a bucket.
   *
   * @param rate how fast tokens come in, at most one a nanosecond
   * @return a builder with the defaults
   */
  public static Builder builder(Rate rate) {
    return new Builder(rate);
  }

  /**
   * Returns the tokens in the bucket now. They come in after {@link #close} too, though none is
   * granted any more.
   *
   * @return whole tokens, from 0 to the capacity; those that waiters will get included
   */
  public long availableTokens() {
    return look((r, i, elapsed) -> r.tokens(i, r.earned(elapsed)));
  }

  /**
   * Changes rate and capacity, atomically with respect to grants. The tokens held are kept, cut to
   * the new capacity; waiters keep their place, except that one who asks for more than the new
   * capacity fails with {@link IllegalArgumentException}.
   *
   * @param newRate how fast tokens come in from now on
   * @param newCapacity how many are kept from now on, at least what a call costs
   * @throws IllegalArgumentException if the builder would refuse the two; the bucket is then
   *     unchanged
   */
  public void reconfigure(Rate newRate, long newCapacity) {
    BucketConfig next = rule.built.with(newRate, newCapacity);
    for (int losses = 0; ; ) {
      BucketRule r = rule;
      long i = issued;
      BucketRule changed = r.changed(next, i, elapsed());
      if (change(r, i, changed, changed.first)) {
        break;
      }
      Backoff.afterLosing(++losses);
    }
    wakeAll();
  }

  /**
   * Takes all whole tokens that are in the bucket, atomically with respect to grants: to stop a
   * burst that a quiet time has saved up, say. They count as granted and cannot be returned. Takes
   * none from waiters.
   *
   * @return the number of tokens taken; 0 if there is no whole token, if requests wait, or if the
   *     bucket is closed
   */
  public long drain() {
    for (int losses = 0; mayTakeNow(); ) {
      BucketRule r = rule;
      long i = issued;
      long elapsed = elapsed();
      long tokens = r.tokens(i, r.earned(elapsed));
      long next = r.grantAll(i, elapsed);
      if (rule != r || i == CHANGING) {
        Thread.onSpinWait();
      } else if (next == BucketRule.NO_GRANT) {
        return 0;
      } else if (ISSUED.compareAndSet(this, i, next)) {
        return tokens;
      } else {
        Backoff.afterLosing(++losses);
      }
    }
    return 0;
  }

  // ---- The rule, as the base asks for it

  @Override
  protected long take(long permits) {
    for (int losses = 0; ; ) {
      BucketRule r = rule;
      long i = issued;
      long elapsed = elapsed();
      if (elapsed - refusedUntil < 0 && r.steady) {
        return REFUSED;
      }
      long next = r.grant(i, elapsed, permits);
      if (rule != r || i == CHANGING) {
        Thread.onSpinWait();
      } else if (next == BucketRule.NO_GRANT) {
        refuseUntil(r.refusedUntil(i, elapsed), elapsed);
        return REFUSED;
      } else if (ISSUED.compareAndSet(this, i, next)) {
        return next;
      } else {
        Backoff.afterLosing(++losses);
      }
    }
  }

  /**
   * Not for one who is refused more than there is: the next token is here, and others may want it.
   */
  private void refuseUntil(long until, long elapsed) {
    if (until - elapsed > 0 && until - refusedUntil > 0) {
      REFUSED_UNTIL.setOpaque(this, until);
    }
  }

  @Override
  protected long nanosUntil(long permits) {
    return look((r, i, elapsed) -> r.nanosUntil(permits, i, elapsed));
  }

  @Override
  protected long undo(long permits, long mark, long returned) {
    for (int losses = 0; ; ) {
      BucketRule r = rule;
      long i = issued;
      long credit = r.creditable(permits, mark, returned, elapsed());
      if (change(r, i, r.unsteady(), r.issuedAfterUndo(i, credit))) {
        return credit;
      }
      Backoff.afterLosing(++losses);
    }
  }

  /**
   * Puts a new rule and what is issued under it in place of the two that were read, if they still
   * stand.
   */
  private boolean change(BucketRule r, long i, BucketRule nextRule, long nextIssued) {
    if (rule != r || i == CHANGING || !ISSUED.compareAndSet(this, i, CHANGING)) {
      return false;
    }
    rule = nextRule;
    issued = nextIssued;
    return true;
  }

  @Override
  protected long maxPermits() {
    return rule.config.capacity();
  }

  @Override
  protected long permitsPerCall() {
    return rule.tokensPerCall;
  }

  @Override
  protected boolean idle() {
    return look((r, i, elapsed) -> r.isAsBuilt() && r.isFull(i, r.earned(elapsed)) ? 1 : 0) != 0;
  }

  @Override
  protected String describeState() {
    BucketConfig now = rule.config;
    return "rate="
        + now.rate()
        + ", capacity="
        + now.capacity()
        + ", availableTokens="
        + availableTokens();
  }

  /** Evaluates a question on one state of the bucket. */
  private long look(Question question) {
    while (true) {
      BucketRule r = rule;
      long i = issued;
      long answer = question.ask(r, i, elapsed());
      if (rule == r && i != CHANGING) {
        return answer;
      }
      Thread.onSpinWait();
    }
  }

  private long elapsed() {
    return nanoTime() - origin;
  }

  private interface Question {
    long ask(BucketRule rule, long issued, long elapsed);
  }

  /** Builds a bucket. Not thread-safe. */
  public static final class Builder {
    private final Rate rate;
    private @Nullable Long capacity;
    private @Nullable Long initialTokens;
    private long tokensPerCall = requireNonNull(TokenBucketProvider.TOKENS_PER_CALL.defaultValue());
    private LimiterSettings settings =
        LimiterSettings.of(LimiterEnvironment.system(), TokenBucketProvider.NAME);
    private UnaryOperator<LimiterSettings> changes = UnaryOperator.identity();

    private Builder(Rate rate) {
      this.rate = requireNonNull(rate, "rate");
    }

    /**
     * How many tokens the bucket keeps: the largest burst, and the most that one call may cost.
     *
     * @param tokens at least 1; by default a second's worth, at least 1
     * @return this
     */
    public Builder capacity(long tokens) {
      this.capacity = tokens;
      return this;
    }

    /**
     * How many tokens the bucket holds at first.
     *
     * @param tokens from 0 to the capacity; full by default
     * @return this
     */
    public Builder initialTokens(long tokens) {
      this.initialTokens = tokens;
      return this;
    }

    /**
     * What {@code acquire()}, {@code tryAcquire()} and {@code execute(call)} cost; the forms with
     * {@code permits} cost what they say.
     *
     * @param tokens from 1, the default, to the capacity
     * @return this
     */
    public Builder tokensPerCall(long tokens) {
      this.tokensPerCall = tokens;
      return this;
    }

    /**
     * The longest wait for a permit; {@code acquire} refuses at once where it is known to be
     * longer. While it is unbounded, the log says once if a wait passes a minute.
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
     * The name in errors and metrics.
     *
     * @param name not blank; {@code token-bucket} by default
     * @return this
     */
    public Builder name(String name) {
      requireNonNull(name, "name");
      return change(it -> it.withName(name));
    }

    /**
     * The clock and timer.
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
     * Makes the bucket.
     *
     * @return a new bucket
     * @throws IllegalArgumentException if an option is out of range or has no effect beside
     *     another, or the bucket would take over a century to fill; the message names the option
     *     and the value
     */
    public TokenBucketRateLimiter build() {
      return new TokenBucketRateLimiter(rule(), settings());
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

    LimiterSettings settings() {
      return LastBuilt.settings(changes.apply(settings));
    }

    BucketRule rule() {
      long kept = capacity == null ? BucketConfig.defaultCapacity(rate) : capacity;
      long held = initialTokens == null ? kept : initialTokens;
      return LastBuilt.rule(new BucketConfig(rate, kept, held, tokensPerCall));
    }
  }
}
