package io.asynctools.api.spi;

import static io.asynctools.api.spi.LimiterSettings.UNBOUNDED;
import static io.asynctools.api.spi.RateLimiterBase.REFUSED;
import static io.asynctools.api.spi.RateLimiterBase.UNKNOWN;
import static java.util.Objects.requireNonNull;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The line of waiters of one limiter: first come, first served.
 *
 * <p><b>The lock</b> guards the list, the waiters' steps out of WAITING, and the alarm. Under it
 * the line asks the rule (a few instructions of the strategy's) and the clock, and arms the timer;
 * it never runs user code. What was decided is collected in {@link Told} and handed over
 * afterwards, each outcome to the executor as a task of its own.
 *
 * <p><b>Looking.</b> {@link #settle} asks the rule for the head until it refuses. It runs whenever
 * the answer may have changed: somebody came to an empty line, the head left, the alarm rang, the
 * strategy called {@code wake}. It always asks the clock again, so an alarm may ring early, late,
 * or twice, and one that is overdue is made up for by the next to come.
 *
 * <p><b>The alarm</b> is the line's only timer: for the instant at which the head's request may be
 * granted, or for the earliest deadline if that is sooner. One that would ring too early is left
 * alone: looking in vain once is cheaper than moving it each time. One that is overdue is made up
 * for by whoever comes to join, also if only to be refused; {@code tryAcquire}, which takes no
 * lock, does not look.
 *
 * <p><b>No wake-up is lost</b>: a newcomer publishes itself in {@code waiters} before the rule is
 * asked for it, and a strategy's release changes its state before it looks at {@code waiters}; one
 * of the two sees the other. The same field keeps newcomers from overtaking.
 */
final class Line {
  private static final int CLOSED = -1;
  private static final long LONGEST_ALARM = Long.MAX_VALUE / 2; // so that instants stay comparable

  private static final AtomicLong MADE = new AtomicLong();

  final long number = MADE.getAndIncrement(); // several locks are taken in this order
  final RateLimiterBase limiter;
  final ReentrantLock lock = new ReentrantLock();

  private volatile int waiters; // how many wait, or CLOSED; written under the lock
  private int size; // how many wait
  private @Nullable Waiter head;
  private @Nullable Waiter tail;
  private long queued; // permits that the waiters ask for, in all
  private @Nullable Undos undos; // made by the first undo
  private int grants; // how many there have been
  private @Nullable Deadlines deadlines; // made for the first waiter that has one
  private final Alarm alarm = new Alarm(this);
  private long headWait; // nanoseconds or UNKNOWN: what decide() found
  private int tries; // how many in the line wait for an answer, but not for a permit
  private @Nullable Runnable action; // see later()
  private boolean noticed; // that waits are long, in the log
  private long standstillSince; // while grants is still standstillGrants: see longWaitNotice()
  private int standstillGrants;
  private boolean emptied; // the last waiter has left, and the rule has not heard of it
  private volatile boolean missed; // a look that could not be had, for want of memory

  Line(RateLimiterBase limiter) {
    this.limiter = limiter;
  }

  // ---- Looking from outside, without the lock

  /** Whether a newcomer may not ask the rule itself: somebody waits, or the limiter is closed. */
  boolean isBarred() {
    return waiters != 0;
  }

  int waiters() {
    return Math.max(waiters, 0);
  }

  boolean isClosed() {
    return waiters == CLOSED;
  }

  /** What is asked for in all, once one more has asked. */
  long askedWith(long permits) {
    lock.lock();
    try {
      return sum(queued, permits);
    } finally {
      lock.unlock();
    }
  }

  // ---- Coming and going

  /** Answers a newcomer at once, or has it wait, at most {@code maxWait} nanoseconds. */
  void join(Waiter waiter, long maxWait) {
    Told told = new Told(limiter.settings().executor());
    Object answer;
    Runnable notice = null;
    lock.lock();
    try {
      boolean first = head == null;
      answer = admit(waiter, maxWait);
      if (answer == null) {
        long now = !alarm.isSet() && maxWait == UNBOUNDED ? 0 : limiter.nanoTime();
        if (maxWait != UNBOUNDED && !waiter.tryOnly) {
          addDeadline(waiter, now + Math.min(maxWait, LONGEST_ALARM));
        }
        boolean due = mayBeDue(waiter, now);
        append(waiter);
        if (first || due) {
          settle(told);
        }
        if (!noticed && maxWait == UNBOUNDED && (size <= 4 || isEach4th())) {
          notice = longWaitNotice(first);
        }
      } else if (missed || (alarm.isSet() && alarm.isOverdue(limiter.nanoTime()))) {
        settle(told); // one who is refused looks for those who wait, too
      }
    } finally {
      lock.unlock();
    }
    try {
      if (answer != null) {
        waiter.answer(answer);
      }
    } finally {
      told.handOver();
      if (notice != null) {
        notice.run();
      }
    }
  }

  /**
   * Returns what logs, once, that a newcomer waits for over a minute which no {@code maxWait}
   * bounds; else null. If the wait is not known, a minute without a grant to any waiter counts. In
   * a longer queue only each fourth newcomer looks, as it reads the clock for that.
   */
  private @Nullable Runnable longWaitNotice(boolean first) {
    try {
      long wait = size == 0 ? 0 : limiter.nanosUntil(queued);
      if (wait != UNKNOWN) {
        return longWaitNotice(wait);
      }
      if (!first && !isEach4th()) {
        return null;
      }
      long now = limiter.nanoTime();
      if (first || standstillGrants != grants) {
        standstillGrants = grants;
        standstillSince = now;
      }
      long still = now - standstillSince;
      return still > LongWaitNotice.NANOS && claimNotice()
          ? () -> LongWaitNotice.logStandstill(limiter.name(), still, waiters())
          : null;
    } catch (Throwable e) { // a rule that throws, or no memory: the waiter waits all the same
      return null;
    }
  }

  private @Nullable Runnable longWaitNotice(long wait) {
    return wait > LongWaitNotice.NANOS && wait != UNKNOWN && claimNotice()
        ? () -> LongWaitNotice.logWait(limiter.name(), wait, waiters())
        : null;
  }

  private boolean isEach4th() {
    return (size & 3) == 0;
  }

  private boolean claimNotice() {
    noticed = true;
    LongWaitNotice shared = limiter.longWaitNotice;
    return shared == null || shared.claim();
  }

  /** A permit or a refusal for a newcomer; null if it is to wait. */
  @Nullable Object admit(Waiter waiter, long maxWait) {
    if (waiters == CLOSED) {
      return new LimiterClosedException(limiter.name());
    }
    if (waiter.permits > limiter.maxPermits()) { // lowered since it was checked
      return limiter.unfit(waiter.permits);
    }
    if (head == null && !limiter.answersLater()) {
      Object answer = decide(waiter);
      if (answer != null) {
        return answer;
      }
    }
    if (maxWait == 0 && limiter.answersLater()) {
      if (head != null && !limiter.awaitsAnswer()) { // the head was told no: somebody waits
        return refusal(limiter.reason(), limiter.nanosDenied());
      }
      waiter.tryOnly = true;
    } else if (maxWait != UNBOUNDED) {
      long wait = limiter.nanosUntil(sum(queued, waiter.permits));
      if (maxWait == 0 || (wait != UNKNOWN && wait > maxWait)) {
        return refusal(limiter.reason(), wait);
      }
    }
    if (waiters >= limiter.settings().maxWaiters()
        || queued > Long.MAX_VALUE - waiter.permits) { // a line that nobody lives to see served
      return refusal(Reason.QUEUE_FULL, limiter.nanosUntil(sum(queued, waiter.permits)));
    }
    return null;
  }

  /** Takes a waiter out for its caller. False if it has been told its outcome already. */
  boolean leave(Waiter waiter) {
    Told told = new Told(limiter.settings().executor());
    lock.lock();
    try {
      if (waiter.isWaiting()) {
        boolean first = waiter == head;
        boolean timed = waiter.slot >= 0;
        remove(waiter);
        waiter.leave();
        if (first || (timed && noDeadlines())) {
          settle(told);
        }
      } else if (!waiter.withdraw()) {
        return false;
      } else if (waiter.wasGranted()) {
        giveBack(waiter);
        settle(told);
      }
    } finally {
      lock.unlock();
    }
    told.handOver();
    return true;
  }

  /** Gives back a grant to a waiter whose call was ended before it could start. */
  void undo(Waiter waiter) {
    locked(told -> giveBack(waiter));
  }

  /** Gives back a grant made just now, without the line. */
  void undo(long permits, long mark) {
    locked(told -> giveBackNow(permits, mark));
  }

  /**
   * There may be room: looks at the head again. Where there is no memory for that, the next to come
   * does.
   */
  void look() {
    if (lock.isHeldByCurrentThread()) {
      limiter
          .forgetAnswer(); // a rule that wakes while it is asked: whoever asks it looks afterwards
    } else {
      try {
        locked(told -> limiter.forgetAnswer());
      } catch (Throwable e) { // out of memory
        missed = true;
        throw e;
      }
    }
  }

  /** The most that one may ask for has changed: whoever asks for more can wait no longer. */
  void lookAtAll() {
    locked(
        told -> {
          limiter.forgetAnswer();
          long most = limiter.maxPermits();
          for (Waiter waiter = head; waiter != null; ) {
            Waiter next = waiter.next;
            if (waiter.permits > most) {
              settle(waiter, limiter.unfit(waiter.permits), told);
            }
            waiter = next;
          }
        });
  }

  /** Fails whoever waits, and whoever comes. */
  void close() {
    locked(
        told -> {
          while (head != null) {
            settle(head, new LimiterClosedException(limiter.name()), told);
          }
          waiters = CLOSED;
        });
  }

  /**
   * Has an action run after the lock that is held now; for a rule that needs more than the lock.
   */
  void later(Runnable action) {
    this.action = action;
  }

  /** Makes a change under the lock, looks at the head, and hands over what came of it. */
  void locked(Consumer<Told> change) {
    Told told = new Told(limiter.settings().executor());
    lock.lock();
    try {
      try {
        change.accept(told);
      } finally {
        settle(told);
      }
    } finally {
      lock.unlock();
      told.handOver();
    }
  }

  // ---- Deciding, under the lock

  /** Asks the rule for the head until it refuses, then sets the alarm. */
  private void settle(Told told) {
    if (missed) {
      missed = false;
    }
    while (true) {
      Waiter first = head;
      if (first == null) {
        alarm.clear();
        break;
      }
      Object answer = decide(first);
      if (answer != null) {
        settle(first, answer, told);
        continue;
      }
      try {
        expire(told);
        refuseTries(told);
        if (first == head) {
          arm();
          if (!noticed && limiter.answersLater() && first.slot < 0 && !first.tryOnly) {
            Runnable notice = longWaitNotice(headWait); // known once the rule rejected the head
            if (notice != null) {
              told.notice(notice);
            }
          }
          break;
        }
      } catch (Throwable e) { // no clock or timer, no waiting: the one it was for hears of it
        if (first == head) {
          settle(first, e, told);
        }
      }
    }
    if (action != null) {
      told.act(action);
      action = null;
    }
    if (emptied) {
      emptied = false;
      told.act(limiter::afterLastWaiter);
    }
  }

  /** A permit or a refusal for one at the head; null if it has to wait, for {@code headWait}. */
  private @Nullable Object decide(Waiter waiter) {
    try {
      for (int attempt = 1; ; attempt++) {
        if (waiter.permits > limiter.maxPermits()) { // lowered since it joined
          return limiter.unfit(waiter.permits);
        }
        long mark = waiter.take();
        if (mark != REFUSED) {
          return granted(waiter, mark);
        }
        headWait = waiter.nanosUntil();
        if (headWait == 0 && attempt > 2) {
          headWait = 1; // a rule that refuses what it says may be granted now: ask it later
        }
        if (headWait != 0) { // else time has passed between the two
          return waitsInVain(waiter) ? refusal(limiter.reason(), headWait) : null;
        }
      }
    } catch (Throwable e) { // a rule that throws must not hold up the line
      return e;
    }
  }

  /** The permit of a grant; if none can be made (out of memory), the grant is given back. */
  private Object granted(Waiter waiter, long mark) {
    waiter.mark = mark;
    waiter.grant = ++grants;
    waiter.undosBefore = undos == null ? 0 : undos.count();
    try {
      return requireNonNull(limiter.permit(waiter.permits), "permit() gave null");
    } catch (Throwable e) {
      giveBack(waiter);
      return e;
    }
  }

  /** Whether the wait is known to be longer than one at the head will wait. */
  private boolean waitsInVain(Waiter waiter) {
    if (headWait == UNKNOWN) {
      return false;
    }
    return waiter.tryOnly
        || (deadlines != null
            && waiter.slot >= 0
            && deadlines.of(waiter) - limiter.nanoTime() < headWait);
  }

  /** Refuses those whose deadline has come. */
  private void expire(Told told) {
    Deadlines timed = deadlines;
    if (timed == null || timed.isEmpty()) {
      return;
    }
    long now = limiter.nanoTime();
    for (Waiter late = timed.poll(now); late != null; late = timed.poll(now)) {
      long asked = queued; // by all in the line, this one included: for one who comes back
      settle(late, refusal(limiter.reason(), limiter.nanosUntil(asked)), told);
    }
  }

  /** Once the head was told no, those behind it who would not wait for a permit need not ask. */
  private void refuseTries(Told told) {
    if (tries == 0 || limiter.awaitsAnswer()) {
      return;
    }
    for (Waiter waiter = head; waiter != null; ) {
      Waiter next = waiter.next;
      if (waiter.tryOnly) {
        settle(waiter, refusal(limiter.reason(), headWait), told);
      }
      waiter = next;
    }
  }

  private RateLimitExceededException refusal(Reason reason, long wait) {
    return new RateLimitExceededException(
        limiter.name(),
        reason,
        wait == UNKNOWN ? null : Duration.ofNanos(Math.max(wait, 1)),
        limiter.rejectionKey(),
        limiter.rejectionCause());
  }

  private void giveBack(Waiter waiter) {
    giveBack(waiter.permits, waiter.mark, waiter.grant, waiter.undosBefore);
  }

  /** Gives back what was granted a moment ago, before anything else could be. */
  private void giveBackNow(long permits, long mark) {
    giveBack(permits, mark, ++grants, undos == null ? 0 : undos.count());
  }

  private void giveBack(long permits, long mark, int grant, int undosBefore) {
    if (undos == null) {
      undos = new Undos();
    }
    undos.add(grant, limiter.undo(permits, mark, undos.returned(grant, undosBefore)));
  }

  /**
   * The answer for a waiter came from elsewhere: it is granted what it asked for, if it is still
   * here.
   */
  void grant(Waiter waiter, long mark, Told told) {
    if (waiter.isWaiting()) {
      settle(waiter, granted(waiter, mark), told);
    } else {
      giveBackNow(waiter.permits, mark);
    }
  }

  /** The answer for a waiter came from elsewhere: it fails, if it is still here. */
  void fail(Waiter waiter, Throwable error, Told told) {
    if (waiter.isWaiting()) {
      settle(waiter, error, told);
    }
  }

  // ---- The list, under the lock

  private void settle(Waiter waiter, Object answer, Told told) {
    remove(waiter);
    waiter.settle(answer);
    told.add(waiter);
  }

  void append(Waiter waiter) {
    Waiter last = tail;
    if (last == null) {
      head = waiter;
    } else {
      last.next = waiter;
      waiter.previous = last;
    }
    tail = waiter;
    queued += waiter.permits;
    tries += waiter.tryOnly ? 1 : 0;
    waiters = ++size;
  }

  private void remove(Waiter waiter) {
    Waiter before = waiter.previous;
    Waiter after = waiter.next;
    if (before == null) {
      head = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.previous = before;
    }
    waiter.previous = null;
    waiter.next = null;
    queued -= waiter.permits;
    tries -= waiter.tryOnly ? 1 : 0;
    waiters = --size;
    emptied |= size == 0 && limiter.answersLater();
    if (deadlines != null) {
      deadlines.remove(waiter);
    }
  }

  /** A sum of permits; one past the range stands for more than can be waited for. */
  private static long sum(long queued, long permits) {
    long sum = queued + permits;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  // ---- The alarm, under the lock

  private void addDeadline(Waiter waiter, long deadline) {
    if (deadlines == null) {
      deadlines = new Deadlines();
    }
    deadlines.add(waiter, deadline);
  }

  /** How long a waiter still waits for a permit: 0 for a try. */
  long nanosLeft(Waiter waiter) {
    if (waiter.tryOnly) {
      return 0;
    }
    return deadlines == null || waiter.slot < 0
        ? UNBOUNDED
        : Math.max(deadlines.of(waiter) - limiter.nanoTime(), 0);
  }

  private boolean noDeadlines() {
    return deadlines == null || deadlines.isEmpty();
  }

  /** Whether to look although the head was there before: an overdue alarm, an earlier deadline. */
  private boolean mayBeDue(Waiter newcomer, long now) {
    return missed
        || alarm.isOverdue(now)
        || (deadlines != null && newcomer.slot >= 0 && !alarm.ringsBy(deadlines.of(newcomer)));
  }

  /** Sets the alarm for what the head waits for, or the earliest deadline; nothing for neither. */
  private void arm() {
    long wait = Math.min(headWait, limiter.nanosUntilAskAgain());
    long now = limiter.nanoTime();
    if (deadlines != null && !deadlines.isEmpty()) {
      wait = Math.min(wait, Math.max(deadlines.earliest() - now, 1));
    }
    if (wait == UNKNOWN) {
      alarm.clear();
      return;
    }
    long at = now + Math.min(wait, LONGEST_ALARM);
    if (!alarm.ringsBy(at) || alarm.isOverdue(now)) { // else in time, perhaps in vain
      alarm.set(at, now);
    }
  }
}
