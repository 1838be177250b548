package io.asynctools.redis;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.Rate;
import io.asynctools.api.spi.MessageText;
import io.asynctools.redis.RedisTokenBucket.Limit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The limits of one instance: one for all keys, or one for each. Thread-safe. */
final class Plans {
  private static final int MOST_KEPT = 1_000; // else made anew each time
  private static final int MOST_SHOWN = 64; // characters of a key in a message

  private final String name;
  private final double localShare;
  private final @Nullable Function<? super String, Limit> rateFor;
  private final Map<Limit, Plan> made = new ConcurrentHashMap<>();
  private final Set<KeyLimiter> waiting = Collections.newSetFromMap(new WeakHashMap<>());
  private volatile Plan current;
  private volatile boolean mixLogged;

  /**
   * @param current the limit of all keys, or, where there is a rateFor, any
   */
  Plans(
      String name,
      Plan current,
      double localShare,
      @Nullable Function<? super String, Limit> rateFor) {
    this.name = name;
    this.current = current;
    this.localShare = localShare;
    this.rateFor = rateFor;
  }

  boolean areByKey() {
    return rateFor != null;
  }

  /** The limit of all keys. */
  Plan current() {
    return current;
  }

  /** Asks for the limit of a key; what the user's function throws is thrown. */
  Plan of(String key) {
    Function<? super String, Limit> function = rateFor;
    if (function == null) {
      return current;
    }
    Limit limit = function.apply(key);
    if (limit == null) {
      throw new NullPointerException(
          "rateFor returned null for key '"
              + MessageText.escape(key, MOST_SHOWN)
              + "' of limiter '"
              + name
              + "'; return a limit for each key");
    }
    Plan plan = made.get(limit);
    if (plan == null) {
      plan = Plan.of(limit.rate(), limit.capacity(), localShare);
      if (made.size() < MOST_KEPT) {
        Plan other = made.putIfAbsent(limit, plan);
        plan = other == null ? plan : other;
      }
    }
    return plan;
  }

  /** Changes the limit of all keys; those that wait hear of it at once. */
  void change(Rate rate, long capacity) {
    requireNonNull(rate, "rate");
    if (rateFor != null) {
      throw new IllegalStateException(
          "limiter '" + name + "' asks rateFor for the limit of each key; change what it returns");
    }
    Plan next = Plan.of(rate, capacity, localShare);
    if (current.isLimit(rate, capacity)) {
      return;
    }
    current = next;
    mixLogged = false;
    List<KeyLimiter> limiters;
    synchronized (waiting) {
      limiters = new ArrayList<>(waiting);
    }
    limiters.forEach(KeyLimiter::limitChanged);
  }

  /** Remembers a limiter for as long as it is in use: its waiters are to hear of changes. */
  void waits(KeyLimiter limiter) {
    synchronized (waiting) {
      waiting.add(limiter);
    }
  }

  /** Says once that others give another limit for a key. */
  void mixed(String key) {
    if (!mixLogged) {
      mixLogged = true;
      System.getLogger("io.asynctools.redis")
          .log(
              System.Logger.Level.WARNING,
              "limiter ''{0}'': other JVMs give another rate or capacity for key ''{1}''. The"
                  + " highest rate and the largest capacity decide until all give the same."
                  + " This is said once.",
              name,
              MessageText.escape(key, MOST_SHOWN));
    }
  }
}
