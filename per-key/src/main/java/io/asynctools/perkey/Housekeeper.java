package io.asynctools.perkey;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.Countdown;
import io.asynctools.api.spi.UserCode;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Forgets keys: every so often those that have been idle for long enough, and, where there may be
 * no more keys, one that is idle to make room for another.
 *
 * <p><b>Stretches.</b> A walk goes over all entries in stretches of a thousand, which take a
 * fraction of a millisecond, and rests for a millisecond after each. Were the next one handed to
 * the executor at once, two of its threads would take turns, one working and one being woken, and
 * the scheduler would make them room on the processor of somebody who has work to do: measured as
 * delays of 2 to 8 ms. A walk begins every half interval and rests no more once the next should
 * have begun, so that what the rests take is within the promise: any key is looked at within an
 * interval. One who makes room looks a certain way on from where the last one stopped; after one
 * who looked in vain, the next few look less far, so that a flood of keys is refused at little
 * cost.
 *
 * <p><b>Turns.</b> One walk moves at a time: whoever sets {@code turn}. It is no lock: one who
 * comes for room tries for some microseconds, and is told that there is none if it is still taken;
 * a walk comes back in a millisecond, and passes the turn on after some dozens of entries. The
 * limiters are asked whether they are idle during a turn.
 *
 * <p><b>The one task</b> exists while there are keys: NONE → SET with the first key, back to NONE
 * by a walk that leaves no key, CLOSED for good.
 */
final class Housekeeper<K, L extends AsyncRateLimiter> {
  private static final int TURN = 64; // as long as one who wants room may have to wait
  private static final int STRETCH = 16; // turns
  private static final int REACH = 1_024;
  private static final int SHORT_REACH = 128;
  private static final int SHORT_LOOKS = 31;
  private static final int TIDIED = 8; // by each removal: then at most a third more are linked
  private static final int TRIES = 20_000; // about a millisecond
  private static final long REST = 1_000_000;

  private static final int NONE = 0;
  private static final int SET = 1;
  private static final int CLOSED = 2;

  private final Keys<K, L> keys;
  private final TimeSource time;
  private final Executor executor;
  private final long idleNanos; // 0 for never
  private final long paceNanos; // half the interval
  private final boolean walks; // whether anybody ever will
  private final UserCode isIdle;
  private final EntryList<K, L> list = new EntryList<>();
  private final AtomicBoolean turn = new AtomicBoolean();
  private final AtomicInteger task = new AtomicInteger(NONE);
  private volatile @Nullable Countdown timer;
  private EntryList<K, L>.@Nullable Walk forRoom; // by the one whose turn it is
  private int shortLooks; // likewise: how many more look less far
  private @Nullable Entry<K, L> secondBest; // likewise: idle, but used more than once

  Housekeeper(
      Keys<K, L> keys, PerKeyConfig config, String name, TimeSource time, Executor executor) {
    this.keys = keys;
    this.time = time;
    this.executor = executor;
    Duration maxIdle = config.maxIdle();
    this.idleNanos = maxIdle == null ? 0 : nanosOf(maxIdle);
    this.paceNanos = Math.max(nanosOf(config.cleanupInterval()) / 2, 1);
    this.walks = maxIdle != null || config.maxKeys() != null;
    this.isIdle = new UserCode("isIdle", name);
  }

  /**
   * Before a new entry is live.
   *
   * @throws RuntimeException what the time source throws
   */
  void prepare() {
    if (idleNanos > 0 && task.get() == NONE && task.compareAndSet(NONE, SET)) {
      setTimer(paceNanos, this::begin);
    }
  }

  /** A new entry, pinned by its maker. */
  void add(Entry<K, L> entry) {
    if (walks) {
      list.push(entry);
    }
  }

  // ---- Every so often

  private void setTimer(long nanos, Runnable action) {
    Countdown set;
    try {
      set = Countdown.start(time, executor, nanos, () -> unlessItEnds(action));
    } catch (Throwable e) {
      task.compareAndSet(SET, NONE); // the next new key tries again
      throw e;
    }
    timer = set;
    if (task.get() == CLOSED) {
      set.cancel(); // meanwhile
    }
  }

  /** Should it throw before it has set the next timer, the next new key sets one. */
  private void unlessItEnds(Runnable action) {
    Countdown before = timer;
    try {
      action.run();
    } catch (Throwable e) {
      if (timer == before) {
        task.compareAndSet(SET, NONE);
      }
      throw e;
    }
  }

  private void begin() {
    goOn(list.new Walk(), time.nanoTime());
  }

  private void goOn(EntryList<K, L>.Walk walk, long begun) {
    for (int turns = 0; turns < STRETCH && turn.compareAndSet(false, true); turns++) {
      boolean over = true; // should it throw (no memory): the next walk sees to the rest
      try {
        long now = time.nanoTime();
        walk.advance(TURN, false, entry -> forgets(entry, now, idleNanos, false));
        over = walk.isOver();
        EntryList<K, L>.Walk other = forRoom;
        if (over && other != null) {
          other.letGo(); // else it holds all that was forgotten from there on
        }
      } finally {
        turn.set(false);
        if (over) {
          end(begun);
        }
      }
      if (over || task.get() == CLOSED) {
        return;
      }
    }
    long late = time.nanoTime() - begun - paceNanos;
    setTimer(late < 0 ? REST : 1, () -> goOn(walk, begun));
  }

  /** The next walk begins half an interval after this one, or soon if this one took as long. */
  private void end(long begun) {
    if (keys.isEmpty()) {
      task.compareAndSet(SET, NONE);
      if (keys.isEmpty() || !task.compareAndSet(NONE, SET)) { // else one came meanwhile
        return;
      }
    }
    long left = paceNanos - (time.nanoTime() - begun);
    setTimer(Math.max(left, Math.min(REST, paceNanos)), this::begin);
  }

  // ---- Making room

  /** Takes a place for a new key, an idle key's if need be. */
  boolean hasRoom() {
    return keys.takePlace() || takesIdleOnes() || keys.takePlaceOnItsWay();
  }

  private boolean takesIdleOnes() {
    for (int i = 0; !turn.compareAndSet(false, true); i++) {
      if (i == TRIES) {
        return false;
      }
      Thread.onSpinWait();
    }
    try {
      boolean far = shortLooks == 0 || keys.size() <= REACH;
      boolean found = takesIdleOne(far ? REACH : SHORT_REACH);
      shortLooks = found ? 0 : shortLooks > 0 ? shortLooks - 1 : SHORT_LOOKS;
      return found;
    } finally {
      turn.set(false);
    }
  }

  /** One that was used once, if there is one within reach: a flood's keys go before a tenant's. */
  private boolean takesIdleOne(int reach) {
    secondBest = null;
    for (int round = 0; round < 2; round++) { // to the end, and from the head
      EntryList<K, L>.Walk walk = forRoom;
      if (walk == null || walk.isOver()) {
        walk = list.new Walk();
        forRoom = walk;
      }
      if (walk.advance(reach, true, this::takesIfUsedOnce)) {
        return true;
      }
      if (!walk.isOver()) {
        break; // as far as one goes at a time
      }
    }
    Entry<K, L> other = secondBest;
    secondBest = null;
    return other != null && forgets(other, 0, 0, true);
  }

  private boolean takesIfUsedOnce(Entry<K, L> entry) {
    if (entry.wasUsedOnce()) {
      return forgets(entry, 0, 0, true);
    }
    if (secondBest == null && isIdle.ask(entry.limiter()::isIdle, false)) {
      secondBest = entry;
    }
    return false;
  }

  /** True if the entry was retired, and its place is the caller's where that is wanted. */
  private boolean forgets(Entry<K, L> entry, long now, long idle, boolean keepsPlace) {
    if (!isIdle.ask(() -> entry.retire(now, idle), false)) {
      return false;
    }
    boolean had = keys.takePlaceOf(entry, keepsPlace);
    keys.takeOut(entry);
    return had;
  }

  // ---- Removals

  /**
   * Goes a few entries on, and takes out those that are retired. A removed entry stays linked until
   * a walk comes by, and without this there may be no walk for long.
   */
  void tidy() {
    if (!walks || !turn.compareAndSet(false, true)) {
      return; // then another thread walks
    }
    try {
      EntryList<K, L>.Walk walk = forRoom;
      if (walk == null || walk.isOver()) {
        walk = list.new Walk();
      }
      walk.advance(TIDIED, false, entry -> false);
      forRoom = walk;
    } finally {
      turn.set(false);
    }
  }

  // ---- The end

  void close() {
    task.set(CLOSED);
    Countdown set = timer;
    if (set != null) {
      set.cancel();
    }
    list.clear(); // whoever keeps a view of a key keeps this
    forRoom = null; // out of turn: one whose turn it is may leave its own behind
  }

  private static long nanosOf(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE; // 292 years
    }
  }
}
