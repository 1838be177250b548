package io.asynctools.perkey;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.LongWaitNotice;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys in use and their limiters.
 *
 * <p><b>The store</b> is a hash table of our own, whose nodes are the entries ({@link KeyTable}). A
 * cache (Caffeine is the best) would bring eviction, but on its own terms: it may drop what it
 * likes when it likes, and asks nobody whether the limiter has been refilled. Here forgetting has
 * to be refused by the limiter, and a new key by the bound; both are a few lines on top of a map,
 * and nothing could be taken away from a cache to make room for them. A map of the JDK's would do,
 * and once did; its nodes are a cache miss and 32 bytes a key.
 *
 * <p><b>An entry</b> comes into the table before its limiter is there, so that the factory runs
 * once, under no lock: others who find it wait for that ({@link Creation}). One whose limiter could
 * not be made goes the way of those that are retired. A place under {@code maxKeys} belongs to an
 * entry, from before its limiter is made until it is retired, and then to whoever is the first to
 * say so: the housekeeper, or a user of the key, who has it for the next entry.
 */
final class Keys<K, L extends AsyncRateLimiter> {
  private final String name;
  private final TimeSource time;
  private final Function<? super K, ? extends L> factory;
  private final long maxKeys;
  private final boolean timed; // whether anybody asks when a key was used last
  private final KeyTable<K, L> table = new KeyTable<>();
  private final AtomicLong size = new AtomicLong();
  private final LongWaitNotice longWaits = new LongWaitNotice(); // one line for all keys
  private final Housekeeper<K, L> housekeeper;
  private volatile boolean leaving; // a place, from an entry to the others; by the walk
  private volatile boolean closed;

  Keys(
      PerKeyConfig config,
      String name,
      LimiterEnvironment environment,
      Function<? super K, ? extends L> factory) {
    this.name = name;
    this.time = environment.timeSource();
    this.factory = factory;
    Long most = config.maxKeys();
    this.maxKeys = most == null ? Long.MAX_VALUE : most;
    this.timed = config.maxIdle() != null;
    this.housekeeper = new Housekeeper<>(this, config, name, time, environment.executor());
  }

  long size() {
    return closed ? 0 : size.get();
  }

  /**
   * The entry of a key, pinned, and made if there is none.
   *
   * @throws LimiterClosedException if all is closed
   * @throws RateLimitExceededException if there are as many keys as there may be
   */
  Entry<K, L> pinned(K key) {
    Entry<K, L> entry = pinnedIfThereIsRoom(key);
    if (entry == null) {
      throw closed
          ? new LimiterClosedException(name)
          : new RateLimitExceededException(name, Reason.TOO_MANY_KEYS, null);
    }
    return entry;
  }

  /** The same for one who blocks: an interrupt ends the wait for another who makes the limiter. */
  Entry<K, L> pinnedInterruptibly(K key) throws InterruptedException {
    int hash = KeyTable.hash(key);
    while (!closed) {
      Entry<K, L> entry = table.get(key, hash);
      Creation creation = entry == null ? null : entry.creation();
      if (creation == null) {
        break;
      }
      creation.awaitInterruptibly(key);
    }
    return pinned(key);
  }

  /** The same; null if all is closed, or there are as many keys as there may be. */
  @Nullable Entry<K, L> pinnedIfThereIsRoom(K key) {
    int hash = KeyTable.hash(key);
    Entry<K, L> entry = table.find(key, hash);
    if (entry != null && !closed && entry.pin()) {
      return touched(entry);
    }
    return pinnedLater(key, hash, entry);
  }

  /** For the first use of a key, and where the entry that was found is not live. */
  private @Nullable Entry<K, L> pinnedLater(K key, int hash, @Nullable Entry<K, L> first) {
    boolean place = false; // inherited from a retired entry of this key
    Entry<K, L> found = first;
    try {
      while (!closed) {
        if (found == null) {
          Creation creation = new Creation();
          Entry<K, L> fresh = new Entry<>(key, hash, creation);
          found = added(fresh, creation);
          if (found == null) {
            boolean inherited = place;
            place = false;
            return made(fresh, creation, inherited) ? touched(fresh) : null;
          }
        }
        if (found.pin()) {
          return touched(found);
        }
        Creation creation = found.creation();
        if (creation != null) {
          creation.await(key);
        } else if (found.isRetired()) { // and not made just now
          table.remove(found);
          if (found.leavesItsPlace()) {
            if (place) {
              giveBackPlace();
            }
            place = true;
          }
        }
        found = table.find(key, hash);
      }
      return null;
    } finally {
      if (place) {
        giveBackPlace();
      }
    }
  }

  private Entry<K, L> touched(Entry<K, L> entry) {
    if (timed) {
      try {
        entry.touch(time.nanoTime());
      } catch (Throwable e) { // no clock, no use
        entry.unpin();
        throw e;
      }
    }
    return entry;
  }

  /** The entry of the key that there is already; null if the fresh one is in the table now. */
  private @Nullable Entry<K, L> added(Entry<K, L> fresh, Creation creation) {
    try {
      return table.addIfAbsent(fresh);
    } catch (Throwable e) { // the key's equals: nobody may wait for it, should it be in
      fresh.giveUp();
      creation.end();
      throw e;
    }
  }

  /** Makes the limiter of a fresh entry; false if there is no room for it, or all is closed. */
  private boolean made(Entry<K, L> fresh, Creation creation, boolean inherited) {
    boolean place = inherited;
    L limiter = null;
    boolean stays = false;
    try {
      place = place || housekeeper.hasRoom();
      if (place) {
        table.fit(size.get());
        limiter =
            requireNonNull(factory.apply(fresh.key), "the factory gave null in place of a limiter");
        longWaits.shareWith(limiter);
        housekeeper.prepare();
        fresh.become(limiter);
        stays = !closed; // else close() may have missed it
      }
      if (stays) {
        housekeeper.add(fresh);
      }
      return stays;
    } finally {
      if (!stays) {
        fresh.giveUp();
        if (place) {
          giveBackPlace();
        }
      }
      creation.end(); // now those who waited for it may try
      if (!stays) {
        takeOut(fresh);
        if (limiter != null) {
          closeLimiter(limiter);
        }
      }
    }
  }

  /** The limiter of a key if there is one, not pinned. */
  @Nullable L peek(K key) {
    Entry<K, L> entry = table.get(key, KeyTable.hash(key));
    return entry == null ? null : entry.limiterIfMade();
  }

  boolean isClosed() {
    return closed;
  }

  // ---- Places

  boolean takePlace() {
    while (true) {
      long taken = size.get();
      if (taken >= maxKeys) {
        return false;
      }
      if (size.compareAndSet(taken, taken + 1)) {
        return true;
      }
    }
  }

  /**
   * As {@link #takePlace}, for one who would be refused: waits for a place that is on its way, a
   * few instructions long, be they those of a thread that has lost its processor meanwhile. For it
   * may be the place of the very key that is asked for.
   */
  boolean takePlaceOnItsWay() {
    while (true) {
      boolean waits = leaving;
      if (takePlace()) {
        return true;
      }
      if (!waits) {
        return false;
      }
      Thread.onSpinWait();
    }
  }

  private void giveBackPlace() {
    size.decrementAndGet();
  }

  boolean isEmpty() {
    return size.get() == 0;
  }

  /**
   * Takes out an entry that is retired or given up. One of many that collide stays if the key's
   * {@code equals} or {@code compareTo} throws, until somebody uses the key; it has no place then.
   */
  void takeOut(Entry<K, L> entry) {
    try {
      table.remove(entry);
    } catch (Throwable ignored) {
      // that user hears of it
    }
  }

  /**
   * The place of an entry that is retired is free, if no user of the key has it already. For one
   * whose turn it is.
   *
   * @param keepsPlace whether the place is for the caller, and not given back
   * @return whether it was to be had
   */
  boolean takePlaceOf(Entry<K, L> entry, boolean keepsPlace) {
    if (keepsPlace) {
      return entry.leavesItsPlace();
    }
    leaving = true;
    try {
      boolean had = entry.leavesItsPlace();
      if (had) {
        giveBackPlace();
      }
      return had;
    } finally {
      leaving = false;
    }
  }

  // ---- The end

  void close() {
    closed = true;
    housekeeper.close();
    table.drain(
        entry -> {
          L limiter = entry.limiterIfMade();
          if (limiter != null) {
            closeLimiter(limiter);
          }
        });
  }

  private void closeLimiter(AsyncRateLimiter limiter) {
    try {
      limiter.close();
    } catch (Throwable e) { // ours never throw; a stranger's must not keep the others open
      System.getLogger("io.asynctools")
          .log(System.Logger.Level.WARNING, "a limiter of '" + name + "' threw at close()", e);
    }
  }
}
