package io.asynctools.perkey;

import io.asynctools.api.AsyncRateLimiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A key that is in use, and its limiter: from before that is made until it is forgotten. It is also
 * the table's node and the link of the housekeeper's list: at a million keys each object on the way
 * to a limiter is one that no processor's cache holds.
 *
 * <pre>
 *   being made           pin: + 1 pin, + 1 use            retire: by compare-and-set, from no pins,
 *       │                   ┌────────┐                    the same use as before, an idle limiter
 *       │ become            ▼        │
 *       ├─────────────►  LIVE (uses, pins) ─────────────────────────────►  RETIRED
 *       │                   ▲        │                                     for good: a pin tells by
 *       │                   └────────┘                                     the sign that it failed
 *       │                unpin: − 1 pin                                        ▲
 *       └── giveUp ────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>One word holds all of it: how often it was pinned, in the upper half, and by how many now, in
 * the lower half, which is negative while it is not live. Whoever uses the limiter pins the entry
 * meanwhile, by an atomic addition. One who wants to forget it reads the word, sees that nobody has
 * pinned it, asks the limiter whether it is idle, and replaces the word only if it is still the
 * same: so nobody has used the limiter between the question and the retirement. Neither time nor a
 * permit that ends meanwhile can make an idle limiter busy (but a breaker, which may lose the
 * outcome of a call that still runs). A user who comes later finds the entry retired and asks the
 * table again.
 *
 * <p>A removal retires the entry though it is in use, and then closes the limiter, both under the
 * entry's monitor. A user who comes meanwhile waits for the monitor, so that no other limiter of
 * the key grants before this one is closed. A user who had pinned it learns from its unpin that the
 * entry was removed, and asks the table again if it was rejected.
 *
 * <p>A place under {@code maxKeys} is the entry's while it is live. Once it is retired it is theirs
 * who first say so, by a bit of the word: the one who retired it, or a user of the key.
 *
 * <p><b>Memory order.</b> Pins, unpins and the retirement are full fences on one word, and so in
 * one order that all threads agree on. What a user did to the limiter before its unpin is visible
 * to whoever read that unpin, and so is {@code lastUsed}, which is written while pinned. The
 * limiter is written before the word first says that it is live, and read by those who pinned it;
 * the others, who want to know whether it is still being made, ask under the entry's own monitor,
 * where the two change together.
 */
class Entry<K, L extends AsyncRateLimiter> {
  private static final long PIN = (1L << 32) + 1;
  private static final long RETIRED = 1L << 31; // 2^30 pins that come too late away from the next
  private static final long WITHOUT_A_PLACE = 1L << 30; // of one that is retired
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
  final int hash; // as the table spreads it
  volatile @Nullable Entry<K, L> inBin; // the table's: the next older in the same bin
  @Nullable Entry<K, L> next; // in the housekeeper's list: written before it is published there
  private @Nullable Object made; // the limiter; its Creation before; null once given up
  private volatile long word;

  @SuppressWarnings("unused") // by LAST_USED
  private long lastUsed;

  /** One whose limiter is being made. */
  Entry(K key, int hash, @Nullable Creation creation) {
    this.key = key;
    this.hash = hash;
    this.made = creation;
    WORD.set(this, RETIRED | WITHOUT_A_PLACE); // without a fence: nobody else has seen this yet
  }

  // ---- From being made to being live

  /** The limiter is there: the entry is live, and pinned by its maker. */
  synchronized void become(L limiter) {
    made = limiter;
    word = PIN;
  }

  /** If there is no limiter yet, there will be none: to all who find the entry it is retired. */
  synchronized void giveUp() {
    if (made instanceof Creation) {
      made = null;
    }
  }

  /** What to wait for, if the limiter is still being made. */
  synchronized @Nullable Creation creation() {
    return made instanceof Creation creation ? creation : null;
  }

  /** The limiter, live or not, if it was made. */
  synchronized @Nullable L limiterIfMade() {
    return made instanceof AsyncRateLimiter ? limiter() : null;
  }

  // ---- Use

  /**
   * Keeps the entry from being retired; false if it is not live, or does not look so yet. That the
   * limiter is looked at first brings it from memory while the key is still being compared; the
   * addition would make it wait.
   */
  boolean pin() {
    return isLimiter(made) && (int) (long) WORD.getAndAdd(this, PIN) >= 0;
  }

  /** Asks for the class that it is not: that of an interface would take a search. */
  private static boolean isLimiter(@Nullable Object made) {
    return made != null && made.getClass() != Creation.class;
  }

  /** Ends a use; true if the entry was removed meanwhile: its limiter may be closed. */
  boolean unpin() {
    return (int) (long) WORD.getAndAdd(this, -1L) < 0;
  }

  /** Only for a thread that has pinned it once, or has seen that it was not retired. */
  @SuppressWarnings({"unchecked", "NullAway"}) // it was live
  L limiter() {
    return (L) made;
  }

  /** Only while pinned. */
  void touch(long now) {
    LAST_USED.setOpaque(this, now);
  }

  // ---- The end

  /** Whether nobody has used it but the one for whom it was made. */
  boolean wasUsedOnce() {
    return word >>> 32 == 1;
  }

  /** Of one that is not being made. */
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
    return limiter().isIdle() && WORD.compareAndSet(this, seen, RETIRED);
  }

  /**
   * Retires it for a removal, even if it is in use or its limiter is not idle; true if this call
   * did. False also while its limiter is being made. Under the entry's monitor.
   */
  boolean retireInUse() {
    return (int) (long) WORD.getAndBitwiseOr(this, RETIRED) >= 0;
  }

  /** Once it is retired: true for the first who asks, whose its place then is. */
  boolean leavesItsPlace() {
    return ((long) WORD.getAndBitwiseOr(this, WITHOUT_A_PLACE) & WITHOUT_A_PLACE) == 0;
  }
}
