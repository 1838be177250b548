package io.asynctools.redis;

import org.jspecify.annotations.Nullable;

/**
 * What one key does without Redis: until when it does not ask, what it may grant by itself, and
 * what it has granted so and still owes to the shared bucket. Made when it is first needed, and
 * forgotten when nothing of it matters any more. Thread-safe.
 *
 * <p>The local bucket begins empty, each time anew, and what it granted is charged to the shared
 * one afterwards, up to its capacity: so neither the beginning nor the end of an outage adds a
 * burst. What is owed is not paid off by time while the outage lasts, for the shared bucket fills
 * meanwhile as well; once as much time has passed since as fills the whole bucket, nobody can tell.
 */
final class Outage {
  private ExactRate shared;
  private ExactRate share;
  private final long origin;
  private long until; // nobody asks Redis for this key before then
  private @Nullable Bucket local;
  private long localSince; // microseconds after the origin; a mark from before is of another bucket
  private long owed; // permits
  private long lastGrant;

  /**
   * @param origin from which marks count: one for all outages, as a grant may outlive its own
   */
  Outage(ExactRate shared, ExactRate share, long origin, long now) {
    this.shared = shared;
    this.share = share;
    this.origin = origin;
    this.until = now;
  }

  /** The limit is another: the local bucket begins empty again. */
  synchronized void change(ExactRate newShared, ExactRate newShare) {
    shared = newShared;
    share = newShare;
    local = null;
    owed = Math.min(owed, newShared.capacity);
  }

  /** The key is to do without Redis for so long. */
  synchronized void last(long now, long nanos) {
    until = now + nanos;
  }

  /** How long the key does not ask, 0 if it may. */
  synchronized long nanosLeft(long now) {
    return Math.max(until - now, 0);
  }

  /** The mark of a grant, 0 or more, or −1. */
  synchronized long take(long now, long permits) {
    if (permits > share.capacity) {
      return -1;
    }
    Bucket bucket = bucket(now);
    Cost cost = permits == 1 ? share.one : share.cost(permits);
    if (!bucket.take(micros(now), cost, 0, Cost.NONE, Cost.NONE, Cost.NONE)) {
      return -1;
    }
    owed = Math.min(owed + permits, shared.capacity);
    lastGrant = now;
    return bucket.mark;
  }

  /** How long until {@link #take} may grant so many, in nanoseconds; 0 for now. */
  synchronized long nanosUntil(long now, long permits) {
    if (permits > share.capacity) {
      return Long.MAX_VALUE;
    }
    long micros = bucket(now).microsUntil(micros(now), share.cost(permits));
    return micros > Long.MAX_VALUE / 1_000 ? Long.MAX_VALUE : micros * 1_000;
  }

  /** As {@code undo}. */
  synchronized long giveBack(long now, long permits, long mark, long returned) {
    Bucket bucket = local;
    if (bucket == null || mark <= localSince) {
      return 0;
    }
    Cost cost = share.cost(permits);
    long back = bucket.giveBackSince(micros(now), cost, mark, returned);
    if (back >= cost.micros() + (cost.parts() > 0 ? 1 : 0)) { // else it counts, in part
      owed = Math.max(owed - permits, 0);
    }
    return back;
  }

  private Bucket bucket(long now) {
    Bucket bucket = local;
    if (bucket == null) {
      bucket = new Bucket(share);
      localSince = micros(now);
      bucket.empty(localSince);
      local = bucket;
    }
    return bucket;
  }

  /** What is to be charged with the next question. */
  synchronized long owed(long now) {
    return owed == 0 || isPaidByTime(now) ? 0 : owed;
  }

  /** Redis has charged so many. */
  synchronized void charged(long permits) {
    owed = Math.max(owed - permits, 0);
  }

  /** Redis has answered. */
  synchronized void over() {
    local = null;
  }

  /** Whether forgetting it admits nothing: an outage that goes on begins empty again. */
  synchronized boolean isForgettable(long now) {
    return until - now <= 0 && (owed == 0 || isPaidByTime(now));
  }

  private boolean isPaidByTime(long now) {
    return now - lastGrant >= shared.nanos(shared.capacity) + 1_000;
  }

  private long micros(long now) {
    return (now - origin) / 1_000 + 1; // above 0, so that a mark is
  }
}
