package io.asynctools.perkey;

import io.asynctools.api.AsyncRateLimiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A key that is in use, and its limiter: from when that was made until it is forgotten.
 *
 * <pre>
 *              pin: + 1 pin, + 1 use            retire: by compare-and-set, from no pins,
 *                 ┌────────┐                    the same use as before, an idle limiter
 *                 ▼        │
 *   made ──►  LIVE (uses, pins) ─────────────────────────────►  RETIRED
 *                 ▲        │                                    for good: a pin tells by the
 *                 └────────┘                                    sign that it came too late
 *              unpin: − 1 pin
 * </pre>
 *
 * <p>One word holds all of it: how often it was pinned, in the upper half, and by how many now, in
 * the lower half, which is negative once it is retired. Whoever uses the limiter pins the entry
 * meanwhile, by an atomic addition. One who wants to forget it reads the word, sees that nobody has
 * pinned it, asks the limiter whether it is idle, and replaces the word only if it is still the
 * same: so nobody has used the limiter between the question and the retirement. Neither time nor a
 * permit that ends meanwhile can make an idle limiter busy (but a breaker, which may lose the
 * outcome of a call that still runs). A user who comes later finds the entry retired and asks the
 * map again.
 *
 * <p><b>Memory order.</b> Pins, unpins and the retirement are full fences on one word, and so in
 * one order that all threads agree on. What a user did to the limiter before its unpin is visible
 * to whoever read that unpin, and so is {@code lastUsed}, which is written while pinned.
 */
final class Entry<K, L extends AsyncRateLimiter> {
  private static final long PIN = (1L << 32) + 1;
  private static final int RETIRED = Integer.MIN_VALUE; // 2^31 pins that come too late away from 0
  private static final VarHandle WORD;
  private static final VarHandle LAST_USED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WORD = lookup.findVarHandle(Entry.class, "word", long.class);
      LAST_USED = lookup.findVarHandle(Entry.class, "lastUsed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final K key;
  final L limiter;
  @Nullable Entry<K, L> next; // in the housekeeper's list: written before it is published there
  private volatile long word;

  @SuppressWarnings("unused") // by LAST_USED
  private long lastUsed;

  /** An entry that its maker has pinned. */
  Entry(K key, L limiter) {
    this.key = key;
    this.limiter = limiter;
    WORD.set(this, PIN); // without a fence: nobody else has seen this yet
  }

  /** Keeps the entry from being retired; false if it is already. */
  boolean pin() {
    return (int) (long) WORD.getAndAdd(this, PIN) >= 0;
  }

  void unpin() {
    WORD.getAndAdd(this, -1L);
  }

  /** Only while pinned. */
  void touch(long now) {
    LAST_USED.setOpaque(this, now);
  }

  /** Whether nobody has used it but the one for whom it was made. */
  boolean wasUsedOnce() {
    return word >>> 32 == 1;
  }

  boolean isRetired() {
    return (int) word < 0;
  }

  /**
   * Retires it if nobody uses it, it was not used for so long, and its limiter is idle; true if
   * this call did.
   *
   * @param idleNanos 0 if any time will do
   */
  boolean retire(long now, long idleNanos) {
    long seen = word;
    if ((int) seen != 0) {
      return false;
    }
    if (idleNanos > 0 && now - (long) LAST_USED.getOpaque(this) < idleNanos) {
      return false;
    }
    return limiter.isIdle() && WORD.compareAndSet(this, seen, (long) RETIRED);
  }
}
