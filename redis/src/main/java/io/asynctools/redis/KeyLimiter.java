package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.spi.Answer;
import io.asynctools.api.spi.DeferredRateLimiterBase;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limiter of one key in this JVM: the line of those who wait here, and one question at a time
 * to the bucket, which is in Redis.
 *
 * <p><b>A question</b> asks for the head of the line and, in the same breath, for as many permits
 * as those behind it want: never for more. What comes back besides the head's is <i>stock</i>,
 * which the line hands out at once; what nobody takes, because somebody has left meanwhile, goes
 * back.
 *
 * <p><b>Without Redis</b> the failure mode decides: while {@link Health} knows that Redis is away,
 * and for one command time-out after a question of this key has failed, so that those in line do
 * not wait for a time-out each.
 *
 * <p><b>Marks.</b> A grant of the shared bucket is known by the instant at which its debt was to be
 * over, on the server's clock; one of the local bucket by a number below {@link #OPEN}.
 */
final class KeyLimiter extends DeferredRateLimiterBase {
  private static final long OPEN = -1;
  private static final long FIRST_LOCAL = -2;
  private static final int MOST_AT_ONCE = 1_000; // the script may have to count them one by one
  private static final VarHandle STOCK;

  static {
    try {
      STOCK = MethodHandles.lookup().findVarHandle(KeyLimiter.class, "stock", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Shared shared;
  private final String key; // the whole of it, as in Redis
  private final int slot; // by which its node is found
  private final GiveBacks giveBacks;

  // Permits that Redis has granted and nobody has taken yet, from the last answer. The mark is
  // written before them; whoever takes some by compare-and-set reads it before.
  private volatile long stock;
  private volatile long stockMark;

  private volatile @Nullable Outage outage; // null as a rule

  // What the last no said, for those who come while others wait: racy, a hint.
  private volatile long deniedUntil; // 0 for nothing
  private volatile long deniedPermits;

  KeyLimiter(Shared shared, String key) {
    super(shared.settings);
    this.shared = shared;
    this.key = shared.config.keyPrefix() + key;
    this.slot = shared.scripts.slotOf(this.key);
    this.giveBacks = new GiveBacks(shared, this.key, this::returned);
  }

  // ---- The rule, as the base asks for it

  @Override
  protected void request(long permits, Answer answer) {
    returnStock();
    long now = nanoTime();
    long away = nanosAway(now);
    if (away > 0) {
      decideWithout(permits, answer, now, away);
      return;
    }
    Health health = shared.health(slot);
    Permit leave = health.ask();
    if (leave == null) { // another looks whether Redis is back
      outageAt(now).last(now, shared.timeoutNanos);
      decideWithout(permits, answer, now, shared.timeoutNanos);
      return;
    }
    long more = waiters() == 1 ? 0 : wantedBehind(permits);
    Outage o = outage;
    long charge = o == null ? 0 : o.owed(now);
    try {
      shared.send(new Question(permits, more, charge, answer, health, leave));
    } catch (Throwable e) {
      leave.release();
      throw e;
    }
  }

  private long wantedBehind(long permits) {
    long room = Math.min(MOST_AT_ONCE, shared.rate.capacity - permits);
    return Math.max(Math.min(queuedPermits() - permits, room), 0);
  }

  /** From stock or, while Redis is away, by the failure mode. */
  @Override
  protected long take(long permits) {
    for (long held = stock; held >= permits; held = stock) {
      long mark = stockMark;
      if (STOCK.compareAndSet(this, held, held - permits)) {
        return mark;
      }
    }
    if (outage == null && !shared.health(slot).isAway()) {
      return REFUSED;
    }
    long now = nanoTime();
    return nanosAway(now) > 0 ? takeWithout(permits, now) : REFUSED;
  }

  @Override
  protected long nanosUntil(long permits) {
    long until = deniedUntil;
    long left = until - nanoTime();
    if (until == 0 || left <= 0 || waiters() == 0) { // nobody waits on it: it may be out of date
      return UNKNOWN;
    }
    long further = permits - deniedPermits;
    long wait =
        further >= 0 ? left + shared.rate.nanos(further) : left - shared.rate.nanos(-further);
    return wait <= 0 ? UNKNOWN : wait;
  }

  @Override
  protected long undo(long permits, long mark, long returned) {
    if (mark >= 0) {
      giveBacks.add(permits, mark, giveBacks.returnedBefore(mark));
      return 0;
    }
    Outage o = outage;
    return mark == OPEN || o == null
        ? 0
        : o.giveBack(nanoTime(), permits, FIRST_LOCAL - mark, returned);
  }

  @Override
  protected long maxPermits() {
    return shared.rate.capacity;
  }

  /** The state is in Redis: forgetting what is here is harmless, unless it is in between. */
  @Override
  protected boolean idle() {
    Outage o = outage;
    return stock == 0 && giveBacks.isQuiet() && (o == null || o.isForgettable(nanoTime()));
  }

  /** The line has had its share of the last answer. */
  @Override
  protected void afterAnswer() {
    returnStock();
  }

  private void returnStock() {
    if (stock == 0) {
      return;
    }
    long mark = stockMark;
    long left = (long) STOCK.getAndSet(this, 0L);
    if (left > 0) {
      giveBacks.add(left, mark, giveBacks.returnedBefore(mark));
    }
  }

  /** Something was given back: there may be room for those who wait. */
  private void returned() {
    deniedUntil = 0;
    wake();
  }

  /** On the thread that brings Redis' answers none comes while it waits. */
  @Override
  protected void checkMayBlock() {
    if (ScriptCall.isBeingAnswered()) {
      throw new IllegalStateException(
          "limiter '"
              + name()
              + "': acquireBlocking in a callback that runs on the thread that brings the answers of"
              + " Redis, as executor(Runnable::run) has it: no answer could come; use acquire, or"
              + " another executor");
    }
  }

  // ---- Without Redis

  /** While Redis does not decide, it is not its rate that a rejection is about. */
  @Override
  protected Reason reason() {
    return isWithoutRedis() ? Reason.UNAVAILABLE : Reason.RATE;
  }

  @Override
  protected @Nullable Throwable rejectionCause() {
    return isWithoutRedis() ? shared.health(slot).cause() : null;
  }

  private boolean isWithoutRedis() {
    return (outage != null || shared.health(slot).isAway()) && nanosAway(nanoTime()) > 0;
  }

  private long nanosAway(long now) {
    Outage o = outage;
    long own = o == null ? 0 : o.nanosLeft(now);
    return Math.max(own, shared.health(slot).nanosAway(now));
  }

  private void decideWithout(long permits, Answer answer, long now, long away) {
    deniedUntil = 0;
    if (shared.config.onFailure() == OnFailure.CLOSED) {
      answer.failed(
          new RateLimitExceededException(
              name(),
              Reason.UNAVAILABLE,
              Duration.ofNanos(Math.max(away, 1)),
              null,
              shared.health(slot).cause()));
      return;
    }
    long mark = takeWithout(permits, now);
    if (mark != REFUSED) {
      answer.granted(mark);
    } else {
      answer.denied(Math.max(Math.min(outageAt(now).nanosUntil(now, permits), away), 1));
    }
  }

  private long takeWithout(long permits, long now) {
    return switch (shared.config.onFailure()) {
      case OPEN -> OPEN;
      case CLOSED -> REFUSED;
      case LOCAL -> {
        long mark = outageAt(now).take(now, permits);
        yield mark < 0 ? REFUSED : FIRST_LOCAL - mark;
      }
    };
  }

  private Outage outageAt(long now) {
    Outage o = outage;
    if (o == null) {
      synchronized (giveBacks) { // any lock that is never held for long
        o = outage;
        if (o == null) {
          o = new Outage(shared.rate, shared.share, shared.born, now);
          outage = o;
        }
      }
    }
    return o;
  }

  private void redisAnswered(long charged) {
    Outage o = outage;
    if (o != null) {
      o.charged(charged);
      o.over();
      if (o.isForgettable(nanoTime())) {
        outage = null;
      }
    }
  }

  /** A question that is out: see {@code take.lua}. */
  private final class Question extends ScriptCall {
    private final long permits;
    private final long more;
    private final long charge;
    private final Answer answer;
    private final Health health;
    private final Permit leave;

    Question(
        long permits, long more, long charge, Answer answer, Health health, Permit leave) {
      super(
          Script.TAKE, KeyLimiter.this.key, shared.bucket, shared.question(permits, more, charge));
      this.permits = permits;
      this.more = more;
      this.charge = charge;
      this.answer = answer;
      this.health = health;
      this.leave = leave;
    }

    /** It may have to count the others' permits one by one. */
    @Override
    long steps() {
      return 1 + more;
    }

    @Override
    void onReply(long taken, long markOrWait, long returnedBefore) {
      try {
        replied(taken, markOrWait, returnedBefore);
      } catch (Throwable e) {
        threw(e);
        throw e;
      }
    }

    private void replied(long taken, long markOrWait, long returnedBefore) {
      health.answered(leave);
      redisAnswered(charge);
      if (taken < 0) {
        long nanos = Math.max(markOrWait, 1) * 1_000; // at most a century
        deniedPermits = permits;
        deniedUntil = nanoTime() + nanos;
        answer.denied(nanos);
        return;
      }
      deniedUntil = 0;
      giveBacks.remember(markOrWait, returnedBefore);
      if (taken > 0) {
        stockMark = markOrWait;
        stock = taken;
      }
      answer.granted(markOrWait);
    }

    /** Too late: the failure mode has decided, so nobody uses what was granted. */
    @Override
    void onLateReply(long taken, long markOrWait, long returnedBefore) {
      Outage o = outage;
      if (o != null) {
        o.charged(charge);
      }
      if (taken >= 0) {
        giveBacks.add(permits + taken, markOrWait, returnedBefore);
      }
    }

    @Override
    void onFailure(Throwable error) {
      try {
        failed(error);
      } catch (Throwable e) {
        threw(e);
        throw e;
      }
    }

    /** No clock, say: the line waits until there is an answer, whatever it is. */
    private void threw(Throwable error) {
      leave.release();
      answer.failed(error);
    }

    private void failed(Throwable error) {
      LimiterConfigException mistake = health.mistake(error, key);
      if (mistake != null) {
        leave.release();
        answer.failed(mistake);
        return;
      }
      long now = nanoTime();
      outageAt(now).last(now, shared.timeoutNanos);
      health.failed(leave, error);
      decideWithout(permits, answer, now, shared.timeoutNanos);
    }
  }
}
