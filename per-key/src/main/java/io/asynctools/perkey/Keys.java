package io.asynctools.perkey;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.TimeSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys in use and their limiters.
 *
 * <p><b>The store</b> is the JDK's {@link ConcurrentHashMap}. A cache (Caffeine is the best) would
 * bring eviction, but on its own terms: it may drop what it likes when it likes, and asks nobody
 * whether the limiter has been refilled. Here forgetting has to be refused by the limiter, and a
 * new key by the bound; both are a few lines on top of a map, and nothing could be taken away from
 * a cache to make room for them. The map costs 40 bytes a key.
 *
 * <p>A value is an {@link Entry}, or a {@link Creation} until there is one. A place under {@code
 * maxKeys} belongs to an entry, from before it is made until somebody takes it out of the map, who
 * then has the place.
 */
final class Keys<K, L extends AsyncRateLimiter> {
  private final String name;
  private final TimeSource time;
  private final Function<? super K, ? extends L> factory;
  private final long maxKeys;
  private final boolean timed; // whether anybody asks when a key was used last
  private final ConcurrentHashMap<K, Object> map = new ConcurrentHashMap<>();
  private final Set<Entry<K, L>> placeless = ConcurrentHashMap.newKeySet(); // see forget()
  private final AtomicLong size = new AtomicLong();
  private final Housekeeper<K, L> housekeeper;
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
    while (!closed && map.get(key) instanceof Creation creation) {
      creation.awaitInterruptibly(key);
      takeOut(key, creation);
    }
    return pinned(key);
  }

  /** The same; null if all is closed, or there are as many keys as there may be. */
  @Nullable Entry<K, L> pinnedIfThereIsRoom(K key) {
    boolean place = false; // inherited from a retired entry of this key
    try {
      while (!closed) {
        Object held = map.get(key);
        if (held instanceof Creation creation) {
          creation.await(key);
          takeOut(key, creation); // its maker did, unless the key's equals() threw
        } else if (held != null) {
          Entry<K, L> entry = asEntry(held);
          if (entry.pin()) {
            return touched(entry);
          }
          if (map.remove(key, entry) && !placeless.remove(entry)) {
            if (place) {
              giveBackPlace();
            }
            place = true;
          }
        } else {
          Creation creation = new Creation();
          if (map.putIfAbsent(key, creation) == null) {
            boolean inherited = place;
            place = false;
            Entry<K, L> entry = made(key, creation, inherited);
            return entry == null ? null : touched(entry);
          }
        }
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
      entry.touch(time.nanoTime());
    }
    return entry;
  }

  /** Makes a limiter for the key that a creation stands for; null if there is no room for it. */
  private @Nullable Entry<K, L> made(K key, Creation creation, boolean inherited) {
    boolean place = inherited;
    L limiter = null;
    try {
      place = place || housekeeper.hasRoom();
      if (!place) {
        map.remove(key, creation);
        return null;
      }
      limiter = requireNonNull(factory.apply(key), "the factory gave null in place of a limiter");
      Entry<K, L> entry = new Entry<>(key, limiter);
      housekeeper.prepare();
      if (map.replace(key, creation, entry) && !closed) {
        housekeeper.add(entry);
        return entry;
      }
      map.remove(key, entry); // closed meanwhile, and close() may have missed it
      undo(limiter, key, creation);
      return null;
    } catch (Throwable e) {
      if (place) {
        undo(limiter, key, creation);
      } else {
        map.remove(key, creation);
      }
      throw e;
    } finally {
      creation.end();
    }
  }

  private void undo(@Nullable L limiter, K key, Creation creation) {
    if (limiter != null) {
      closeLimiter(limiter);
    }
    giveBackPlace();
    map.remove(key, creation);
  }

  /** An ended creation goes, if it is still there; its place is its maker's affair. */
  private void takeOut(K key, Creation creation) {
    map.remove(key, creation);
  }

  /** The entry of a key if there is one, not pinned. */
  @Nullable Entry<K, L> peek(K key) {
    return map.get(key) instanceof Entry<?, ?> entry ? asEntry(entry) : null;
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

  private void giveBackPlace() {
    size.decrementAndGet();
  }

  boolean isEmpty() {
    return size.get() == 0;
  }

  /**
   * A retired entry goes. Its place goes to whoever takes it out of the map: a user of the key who
   * comes meanwhile has it for the next entry. If the key's {@code equals} throws, the entry stays
   * until somebody uses the key, but without a place.
   *
   * @param keepsPlace whether the place is for the caller, and not given back
   * @return whether this call took it out
   */
  boolean forget(Entry<K, L> entry, boolean keepsPlace) {
    boolean removed;
    try {
      removed = map.remove(entry.key, entry);
    } catch (Throwable e) {
      placeless.add(entry);
      giveBackPlace();
      throw e;
    }
    if (removed && !keepsPlace) {
      giveBackPlace();
    }
    return removed;
  }

  // ---- The end

  void close() {
    closed = true;
    housekeeper.close();
    for (Object held : map.values()) {
      if (held instanceof Entry<?, ?> entry) {
        closeLimiter(entry.limiter);
      }
    }
    map.clear(); // asks no key's equals()
  }

  private void closeLimiter(AsyncRateLimiter limiter) {
    try {
      limiter.close();
    } catch (Throwable e) { // ours never throw; a stranger's must not keep the others open
      System.getLogger("io.asynctools")
          .log(System.Logger.Level.WARNING, "a limiter of '" + name + "' threw at close()", e);
    }
  }

  @SuppressWarnings("unchecked") // the map's values are nothing else
  private Entry<K, L> asEntry(Object held) {
    return (Entry<K, L>) held;
  }
}
