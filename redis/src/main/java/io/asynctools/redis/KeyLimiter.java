package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.spi.Answer;
import io.asynctools.api.spi.DeferredRateLimiterBase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limiter of one key in this JVM: the queue of those who wait here, and one question at a time
 * to the bucket, which is in Redis.
 *
 * <p><b>A question</b> asks for the head of the queue and, in the same breath, for as many permits
 * as those behind it want: never for more. What does not fit yet is booked: it has a slot, an
 * instant from which it counts, in the order in which questions arrive at Redis. So a JVM that is
 * farther away, or asks for more, has its turn as any other. What comes back is {@link Stock}; the
 * waiters take it as the slots come, and what is left when the last of them is gone goes back.
 *
 * <p><b>What Redis said</b> is looked at again once a second while a waiter waits or a caller
 * tries: the key may have been deleted, another JVM may have refunded, the limit may be another.
 *
 * <p><b>Without Redis</b> the failure mode decides: while {@link Health} knows that Redis is away,
 * and for one command time-out after a question of this key has failed, so that those in line do
 * not wait for a time-out each. A slot that was booked stands.
 *
 * <p><b>Marks.</b> A grant of the shared bucket is known by the instant at which its debt was to be
 * over, on the server's clock; one of the local bucket by a number below {@link #OPEN}.
 */
final class KeyLimiter extends DeferredRateLimiterBase {
  /** How long an answer of Redis is relied on. */
  static final long ASK_AGAIN = 1_000_000_000;

  private static final long OPEN = -1;
  private static final long FIRST_LOCAL = -2;
  private static final int MOST_AT_ONCE = 1_000; // the script may have to count them one by one
  private static final long BOOKING_STANDS = -2; // see take.lua

  private final Shared shared;
  private final String userKey;
  private final String key; // the whole of it, as in Redis
  private final int slot; // by which its node is found
  private final GiveBacks giveBacks;

  // Permits that Redis has granted and no waiter has taken yet, from the last answer; null as a
  // rule.
  private volatile @Nullable Stock stock;

  private volatile @Nullable Outage outage; // null as a rule

  // Where each key has its own limit: what it was when it was last asked for. Written by the one
  // question that is under way, or is about to be.
  private volatile Plan ownPlan;
  private long ownPlanAt;
  private volatile @Nullable Plan knownPlan; // by which Redis has last decided for this JVM
  private volatile boolean registered;

  // What the last no said, for those who come while others wait: racy, a hint.
  private volatile long deniedUntil; // 0 for nothing
  private volatile long deniedPermits;

  KeyLimiter(Shared shared, String userKey) {
    super(shared.settings);
    this.shared = shared;
    this.userKey = userKey;
    this.key = shared.config.keyPrefix() + userKey;
    this.slot = shared.scripts.slotOf(this.key);
    this.ownPlan = shared.plans.of(userKey);
    this.ownPlanAt = nanoTime();
    this.giveBacks = new GiveBacks(shared, this.key, this::plan, this::returned);
  }

  // ---- The limit

  private Plan plan() {
    return shared.plans.areByKey() ? ownPlan : shared.plans.current();
  }

  /** The limit as of now; where the user's function says it, at most once a second. */
  private Plan planNow(long now) {
    if (!shared.plans.areByKey()) {
      return shared.plans.current();
    }
    Plan before = ownPlan;
    if (now - ownPlanAt < ASK_AGAIN) {
      return before;
    }
    ownPlanAt = now;
    Plan next;
    try {
      next = shared.plans.of(userKey);
    } catch (RuntimeException | Error e) {
      System.getLogger("io.asynctools.redis")
          .log(
              System.Logger.Level.WARNING,
              "limiter '" + name() + "': rateFor failed; the key keeps its limit",
              e);
      return before;
    }
    if (next != before) {
      ownPlan = next;
      limitChanged();
    }
    return next;
  }

  /** Rate or capacity are others: those who wait for more than there will ever be fail. */
  void limitChanged() {
    Stock s = stock;
    if (s != null) {
      s.doubt(nanoTime());
    }
    Outage o = outage;
    if (o != null) {
      Plan next = plan();
      o.change(next.rate, next.share);
    }
    deniedUntil = 0;
    wakeAll();
  }

  // ---- The rule, as the base asks for it

  @Override
  protected void request(long permits, Answer answer) {
    long now = nanoTime();
    Plan plan = planNow(now);
    if (permits > plan.rate.capacity) { // lowered just now: the queue rejects it
      answer.denied(1);
      return;
    }
    Stock held = stock;
    if (held != null && !held.suits(permits, now)) {
      returnStock();
      held = null;
    }
    if (held != null && !isWorthAsking(held, permits, now)) {
      decideFrom(held, permits, answer, now);
      return;
    }
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
    long more = waiters() == 1 ? 0 : wantedBehind(plan, permits);
    Outage o = outage;
    long charge = o == null || held != null ? 0 : Math.min(o.owed(now), plan.rate.capacity);
    try {
      shared.send(new Question(plan, permits, more, charge, held, answer, health, leave));
    } catch (Throwable e) {
      leave.release();
      throw e;
    }
  }

  private long wantedBehind(Plan plan, long permits) {
    long room = Math.min(MOST_AT_ONCE, plan.rate.capacity - permits);
    return Math.max(Math.min(queuedPermits() - permits, room), 0);
  }

  private static boolean isWorthAsking(Stock held, long permits, long now) {
    return held.nanosUntil(permits, now) > 0 && held.nanosSinceLook(now) >= ASK_AGAIN;
  }

  /** Grants from what is held, or says when its slot comes. */
  private void decideFrom(Stock held, long permits, Answer answer, long now) {
    if (held.take(permits, now)) {
      answer.granted(held.mark);
    } else if (held.holds(permits)) {
      long left = ASK_AGAIN - held.nanosSinceLook(now);
      deny(permits, held.nanosUntil(permits, now), Math.max(left, 1), answer);
    } else {
      answer.denied(1); // it has gone back meanwhile
    }
  }

  private void deny(long permits, long nanos, long askAgainNanos, Answer answer) {
    if (!registered) {
      registered = true;
      shared.plans.waits(this);
    }
    deniedPermits = permits;
    deniedUntil = nanoTime() + Math.max(nanos, 1);
    answer.denied(Math.max(nanos, 1), askAgainNanos);
  }

  /** From stock or, while Redis is away, by the failure mode. */
  @Override
  protected long take(long permits) {
    Stock held = stock;
    if (held != null && held.take(permits, nanoTime())) {
      return held.mark;
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
    ExactRate rate = plan().rate;
    long further = permits - deniedPermits;
    long wait = further >= 0 ? left + rate.nanos(further) : left - rate.nanos(-further);
    return wait <= 0 ? UNKNOWN : wait;
  }

  @Override
  protected long undo(long permits, long mark, long returned) {
    if (mark >= 0) {
      // What is booked goes back first and is asked for anew: it need not wait for its slot then.
      returnStock();
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
    return plan().rate.capacity;
  }

  @Override
  protected Object rejectionKey() {
    return userKey;
  }

  /** The state is in Redis: forgetting what is here is harmless, unless it is in between. */
  @Override
  protected boolean idle() {
    Outage o = outage;
    Stock s = stock;
    return (s == null || s.isEmpty())
        && giveBacks.isQuiet()
        && (o == null || o.isForgettable(nanoTime()));
  }

  /** No waiter is left to take what is held. */
  @Override
  protected void afterAnswer() {
    if (waiters() == 0) {
      returnStock();
    }
  }

  @Override
  protected void afterLastWaiter() {
    returnStock();
  }

  private void returnStock() {
    Stock s = stock;
    if (s == null) {
      return;
    }
    long left = s.takeAll();
    stock = null;
    if (left > 0) {
      try {
        giveBacks.add(left, s.mark, s.returnedBefore);
      } catch (Throwable e) { // no clock or timer: it is lost to all
        System.getLogger("io.asynctools.redis")
            .log(System.Logger.Level.WARNING, "limiter '" + name() + "': a refund is lost", e);
      }
    }
  }

  /** Something was refunded: there may be room for those who wait. */
  private void returned() {
    Stock s = stock;
    if (s != null) {
      s.doubt(nanoTime());
    }
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
    Stock held = stock;
    boolean slotIsBooked = held != null && held.holds(permits);
    OnFailure mode = shared.config.onFailure();
    boolean never = mode == OnFailure.LOCAL && permits > plan().share.capacity;
    if (!slotIsBooked && (mode == OnFailure.CLOSED || never)) {
      answer.failed(
          new RateLimitExceededException(
              name(),
              Reason.UNAVAILABLE,
              Duration.ofNanos(Math.max(away, 1)),
              userKey,
              rejectionCause()));
      return;
    }
    long mark = takeWithout(permits, now);
    if (mark != REFUSED) {
      answer.granted(mark);
    } else if (held != null && slotIsBooked) {
      deny(permits, held.nanosUntil(permits, now), Math.max(away, 1), answer);
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
          Plan plan = plan();
          o = new Outage(plan.rate, plan.share, shared.born, now);
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

  @Override
  public String toString() {
    Plan plan = plan();
    return "RedisTokenBucket[name="
        + name()
        + ", key="
        + userKey
        + ", rate="
        + plan.rate.rate
        + ", capacity="
        + plan.rate.capacity
        + ", waiters="
        + waiters()
        + "]";
  }

  private Numbers limitOf(Plan plan) {
    Plan known = knownPlan;
    return known == null || known == plan ? plan.limit : plan.replacing(known);
  }

  /** A question that is out: see {@code take.lua}. */
  private final class Question extends ScriptCall {
    private final Plan plan;
    private final long permits;
    private final long more;
    private final long charge;
    private final @Nullable Stock held; // a booking that is looked at again
    private final Answer answer;
    private final Health health;
    private final Permit leave;

    // Of the reply.
    private long headWait;
    private long lastWait;
    private boolean mixed;
    private boolean handedOut;

    Question(
        Plan plan,
        long permits,
        long more,
        long charge,
        @Nullable Stock held,
        Answer answer,
        Health health,
        Permit leave) {
      super(
          Script.TAKE,
          KeyLimiter.this.key,
          limitOf(plan),
          held == null
              ? plan.question(permits, more, charge, Plan.patience(answer.maxWaitNanos()))
              : plan.question(
                  permits,
                  more,
                  charge,
                  Plan.patience(answer.maxWaitNanos()),
                  held.mark,
                  held.returnedBefore));
      this.plan = plan;
      this.permits = permits;
      this.more = more;
      this.charge = charge;
      this.held = held;
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
    void details(long headWait, long lastWait, boolean mixed) {
      this.headWait = headWait;
      this.lastWait = lastWait;
      this.mixed = mixed;
    }

    @Override
    void onReply(long taken, long markOrWait, long returnedBefore) {
      try {
        replied(taken, markOrWait, returnedBefore);
      } catch (Throwable e) {
        threw(e);
        if (taken >= 0 && !handedOut) {
          giveBacks.add(permits + taken, markOrWait, returnedBefore);
        }
        throw e;
      }
    }

    private void replied(long taken, long markOrWait, long returnedBefore) {
      health.answered(leave);
      redisAnswered(charge);
      knownPlan = plan;
      if (mixed) {
        shared.plans.mixed(userKey);
      }
      long now = nanoTime();
      if (taken == BOOKING_STANDS && held != null) {
        held.comesBy(now + Math.max(markOrWait, 0) * 1_000, now);
        decideFrom(held, permits, answer, now);
        return;
      }
      if (held != null) { // Redis knows of it no more
        held.takeAll();
        stock = null;
      }
      if (taken < 0) {
        deny(permits, Math.max(markOrWait, 1) * 1_000, ASK_AGAIN, answer); // at most a century
        return;
      }
      deniedUntil = 0;
      giveBacks.remember(markOrWait, returnedBefore);
      if (taken == 0 && headWait <= 0) {
        handedOut = true;
        answer.granted(markOrWait);
        return;
      }
      Stock got =
          new Stock(
              markOrWait,
              returnedBefore,
              permits,
              permits + taken,
              now,
              headWait * 1_000,
              Math.max(lastWait, headWait) * 1_000);
      if (headWait <= 0) {
        got.take(permits, now);
      }
      handedOut = true;
      stock = got;
      if (headWait <= 0) {
        answer.granted(markOrWait);
      } else {
        decideFrom(got, permits, answer, now);
      }
    }

    /** Too late: the failure mode has decided, so what was granted goes back. */
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
