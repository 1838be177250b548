package io.asynctools.perkey;

import io.asynctools.api.AsyncRateLimiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent hash table whose nodes are the entries themselves. In a map of the JDK's an entry
 * hangs on a node of the map's: one more object on the way to each limiter, and 32 bytes a key.
 *
 * <pre>
 *   table   [ bin | bin | bin | ... ]      a power of two of them, the hash's low bits say which
 *              │
 *              ▼      inBin
 *            entry ──────────► entry ──────────► entry          from the newest to the oldest
 * </pre>
 *
 * <p><b>A reader</b> takes no lock. It always ends, whatever happens to the links under its feet: a
 * new entry comes in at the head, and all that is done to links later keeps the order, so that
 * every link leads from an entry to an older one, for ever; one that was taken out still leads on.
 * What it finds is right: an entry of that key, retired perhaps, which a pin then tells. That it
 * finds nothing may be wrong while the table grows, for entries are linked anew in place, and a
 * reader on its way may be led into the other half of its bin. So a miss is looked up again under
 * the lock, where entries are added anyway.
 *
 * <p><b>Writers</b> hold one of some locks, which are chosen by the lowest bits of the hash: those
 * that name a bin of the smallest table. All bins that an entry will ever be in are under one lock,
 * and each is changed under it alone. A key's {@code equals} is the user's code, and runs under it
 * where a miss is looked up again. It may throw, with nothing changed, and it may come back for
 * keys of the same bin: what was added or moved meanwhile is counted, and the look begins again. To
 * take an entry out asks no key for anything.
 *
 * <p><b>It grows</b> by doubling once there are half as many keys as bins, a few bins at a time:
 * whoever adds a key meanwhile, and finds nobody at it, moves some. A bin of the old table that was
 * moved has a mark, which leads to the new one; when all are moved, that is the table. It is not if
 * nobody adds a key any more, and then some uses make a step more. Nobody waits for more than a
 * bin. If there is no memory for a larger table, the old one has to do until there are twice as
 * many keys. It never shrinks: what a flood leaves behind is 8 to 16 bytes for each of the keys
 * there once were.
 *
 * <p><b>Keys that collide</b>, as an attacker's may, who knows {@code String.hashCode}: a bin holds
 * no more than some dozens of entries. What comes on top is kept in a map of the JDK's, which sorts
 * keys of one hash code if they are comparable, as strings are. Nobody asks it while it is empty,
 * and only those who found nothing in their bin while it is not.
 *
 * <p><b>Memory order.</b> Bins are written by release and read by acquire, links are volatile: who
 * finds an entry sees its link to the next, and who meets a mark sees the new table's bins as they
 * were when it was set. Were it otherwise, some would be led astray more often, and no worse: key
 * and hash are final, and what else there is in an entry says for itself who sees it when.
 */
class KeyTable<K, L extends AsyncRateLimiter> {
  static final int LONGEST = 64; // of the entries in a bin
  private static final int LOCKS = 64;
  private static final int STEP = 64; // bins that one who adds a key moves, in some microseconds
  private static final int LARGEST = 1 << 30;
  private static final VarHandle BINS = MethodHandles.arrayElementVarHandle(Entry[].class);

  private final Lock[] locks;
  private final int step;
  private final ConcurrentHashMap<K, Entry<K, L>> excess = new ConcurrentHashMap<>();
  private final AtomicBoolean turn = new AtomicBoolean(); // to make a larger table, and move bins
  private volatile Entry<K, L>[] table;
  private volatile @Nullable Growth<K, L> growth; // under way
  private volatile long growAt; // more keys than this; by the one whose turn it is

  /** One of the locks. It is no monitor: a key's equals may block. */
  private static final class Lock extends ReentrantLock {
    private static final long serialVersionUID = 1;
    int changes; // what was added and moved under it; read and written by its owner
  }

  /** Stands in a bin whose entries are in another table now. */
  private static final class Mark<K, L extends AsyncRateLimiter> extends Entry<K, L> {
    final Entry<K, L>[] to;

    @SuppressWarnings("NullAway") // a key that none is equal to: no key has this hash
    Mark(Entry<K, L>[] to) {
      super(null, -1, null);
      this.to = to;
    }
  }

  /** From one table to the next. */
  private static final class Growth<K, L extends AsyncRateLimiter> {
    final Entry<K, L>[] from;
    final Mark<K, L> mark;
    int next; // bin to move; by the one whose turn it is

    Growth(Entry<K, L>[] from, Entry<K, L>[] to) {
      this.from = from;
      this.mark = new Mark<>(to);
    }
  }

  KeyTable() {
    this(LOCKS, STEP);
  }

  /** So many locks, and bins at first: a power of two; and how many are moved at a time. */
  KeyTable(int locks, int step) {
    this.locks = new Lock[locks];
    for (int i = 0; i < locks; i++) {
      this.locks[i] = new Lock();
    }
    this.step = step;
    this.table = newTable(locks);
    this.growAt = locks / 2;
  }

  @SuppressWarnings("unchecked") // made here, and filled here
  private static <K, L extends AsyncRateLimiter> Entry<K, L>[] newTable(int bins) {
    return (Entry<K, L>[]) new Entry<?, ?>[bins];
  }

  /**
   * A key's hash, as it stands in its entry: never negative. Mixed both ways, since numbers that
   * are multiples of some power of two would share few bins otherwise.
   */
  static int hash(Object key) {
    int hash = key.hashCode();
    hash = (hash ^ hash >>> 16) * 0x9E3779B9; // 2^32 over the golden ratio
    return (hash ^ hash >>> 15) & Integer.MAX_VALUE;
  }

  // ---- Readers

  /** An entry of the key; if there is none, one may have escaped, and {@link #get} is sure. */
  @Nullable Entry<K, L> find(K key, int hash) {
    Entry<K, L>[] bins = table;
    while (true) {
      Entry<K, L> head = head(bins, hash);
      for (Entry<K, L> entry = head; entry != null; entry = entry.inBin) {
        if (isOf(key, hash, entry)) {
          return entry;
        }
      }
      if (!(head instanceof Mark<K, L> mark)) {
        return excess.isEmpty() ? null : excess.get(key);
      }
      bins = mark.to;
    }
  }

  /** The entry of the key, if there is one. */
  @Nullable Entry<K, L> get(K key, int hash) {
    Entry<K, L> found = find(key, hash);
    if (found == null) {
      Lock lock = lock(hash);
      lock.lock();
      try {
        found = find(key, hash);
      } finally {
        lock.unlock();
      }
    }
    return found;
  }

  private static boolean isOf(Object key, int hash, Entry<?, ?> entry) {
    return entry.hash == hash && (entry.key == key || key.equals(entry.key));
  }

  @SuppressWarnings("unchecked") // nothing else is ever set
  private static <K, L extends AsyncRateLimiter> @Nullable Entry<K, L> head(
      Entry<K, L>[] bins, int hash) {
    return (Entry<K, L>) BINS.getAcquire(bins, hash & bins.length - 1);
  }

  // ---- Writers

  private Lock lock(int hash) {
    return locks[hash & locks.length - 1];
  }

  /** Where the entries of a hash are: for the owner of its lock. */
  private Entry<K, L>[] bins(int hash) {
    Entry<K, L>[] bins = table;
    while (head(bins, hash) instanceof Mark<K, L> mark) {
      bins = mark.to;
    }
    return bins;
  }

  private static void setHead(Entry<?, ?>[] bins, int hash, @Nullable Entry<?, ?> head) {
    BINS.setRelease(bins, hash & bins.length - 1, head);
  }

  /**
   * Adds an entry if there is none of its key.
   *
   * @return the one there is; null if the new one was added
   * @throws RuntimeException what the key's {@code equals} throws: it may have been added
   */
  @Nullable Entry<K, L> addIfAbsent(Entry<K, L> fresh) {
    int hash = fresh.hash;
    K key = fresh.key;
    Lock lock = lock(hash);
    lock.lock();
    try {
      while (true) {
        int before = lock.changes;
        Entry<K, L>[] bins = bins(hash);
        Entry<K, L> head = head(bins, hash);
        int many = 0;
        for (Entry<K, L> entry = head; entry != null; entry = entry.inBin) {
          if (isOf(key, hash, entry)) {
            return entry;
          }
          many++;
        }
        Entry<K, L> beside = excess.isEmpty() ? null : excess.get(key);
        if (beside != null) {
          return beside;
        }
        if (lock.changes == before) { // else the key's equals has used the table
          lock.changes++;
          if (many >= LONGEST) {
            return excess.putIfAbsent(key, fresh);
          }
          fresh.inBin = head;
          setHead(bins, hash, fresh);
          return null;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes an entry out, if it is in.
   *
   * @throws RuntimeException what the key's {@code equals} or {@code compareTo} throws, of one of
   *     many that collide: it is still in then
   */
  void remove(Entry<K, L> entry) {
    int hash = entry.hash;
    Lock lock = lock(hash);
    lock.lock();
    try {
      Entry<K, L>[] bins = bins(hash);
      Entry<K, L> newer = null;
      Entry<K, L> each = head(bins, hash);
      while (each != null && each != entry) {
        newer = each;
        each = each.inBin;
      }
      if (each == null) {
        if (!excess.isEmpty()) {
          excess.remove(entry.key, entry);
        }
      } else if (newer == null) {
        setHead(bins, hash, entry.inBin);
      } else {
        newer.inBin = entry.inBin;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes them all out that were in when it was called, and visits them, under no lock. */
  void drain(Consumer<Entry<K, L>> visitor) {
    Entry<K, L>[] bins = table;
    for (int i = 0; i < bins.length; i++) {
      drain(bins, i, visitor);
    }
    excess.values().forEach(visitor);
    excess.clear(); // asks no key's equals()
  }

  private void drain(Entry<K, L>[] bins, int bin, Consumer<Entry<K, L>> visitor) {
    Entry<K, L> head;
    Lock lock = lock(bin);
    lock.lock();
    try {
      head = head(bins, bin);
      if (!(head instanceof Mark<K, L>)) {
        setHead(bins, bin, null);
      }
    } finally {
      lock.unlock();
    }
    if (head instanceof Mark<K, L> mark) {
      drain(mark.to, bin, visitor);
      drain(mark.to, bin + bins.length, visitor);
      return;
    }
    for (Entry<K, L> entry = head; entry != null; entry = entry.inBin) {
      visitor.accept(entry); // nobody links these anew: they are in no bin
    }
  }

  // ---- Growing

  /**
   * Sees to it that there is room for so many keys, sooner or later; by one who has added one.
   * Nobody waits for another who is at it.
   */
  void fit(long keys) {
    if ((growth == null && keys <= growAt) || !turn.compareAndSet(false, true)) {
      return;
    }
    try {
      if (growth == null && keys > growAt) {
        begin(keys);
      }
      Growth<K, L> current = growth;
      if (current != null) {
        goOn(current);
      }
    } finally {
      turn.set(false); // should something have been thrown, the next goes on from there
    }
  }

  private void begin(long keys) {
    Entry<K, L>[] from = table;
    int bins = 2 * from.length;
    try {
      growth = new Growth<>(from, larger(bins));
      growAt = bins == LARGEST ? Long.MAX_VALUE : bins / 2;
    } catch (OutOfMemoryError e) {
      growAt = 2 * keys;
    }
  }

  /** For a test, which has no memory. */
  Entry<K, L>[] larger(int bins) {
    return newTable(bins);
  }

  private void goOn(Growth<K, L> current) {
    int bins = current.from.length;
    for (int i = 0; i < step && current.next < bins; i++) {
      move(current, current.next);
      current.next++;
    }
    if (current.next == bins) {
      table = current.mark.to;
      growth = null;
    }
  }

  /** Deals a bin's entries out to two, in the order in which they are. */
  private void move(Growth<K, L> current, int bin) {
    Entry<K, L>[] from = current.from;
    Entry<K, L>[] to = current.mark.to;
    Lock lock = lock(bin);
    lock.lock();
    try {
      lock.changes++;
      Entry<K, L> lowHead = null;
      Entry<K, L> lowTail = null;
      Entry<K, L> highHead = null;
      Entry<K, L> highTail = null;
      for (Entry<K, L> entry = head(from, bin); entry != null; entry = entry.inBin) {
        if ((entry.hash & from.length) == 0) {
          lowHead = lowHead == null ? entry : lowHead;
          link(lowTail, entry);
          lowTail = entry;
        } else {
          highHead = highHead == null ? entry : highHead;
          link(highTail, entry);
          highTail = entry;
        }
      }
      link(lowTail, null);
      link(highTail, null);
      setHead(to, bin, lowHead);
      setHead(to, bin + from.length, highHead);
      setHead(from, bin, current.mark);
    } finally {
      lock.unlock();
    }
  }

  private static <K, L extends AsyncRateLimiter> void link(
      @Nullable Entry<K, L> newer, @Nullable Entry<K, L> older) {
    if (newer != null && newer.inBin != older) { // most bins hold one entry: nothing is written
      newer.inBin = older;
    }
  }
}
