package io.asynctools.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Permits of one answer of Redis that the waiters of a key have not taken yet, each with the
 * instant from which it counts: its slot. Some slots lie ahead; they were booked. Thread-safe.
 *
 * <p>Slots are instants of this JVM's clock, counted from when the answer arrived, which was after
 * the server's decision. So none comes before the server's own.
 */
final class Stock {
  private static final VarHandle USED;

  static {
    try {
      USED = MethodHandles.lookup().findVarHandle(Stock.class, "used", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long mark;
  final long returnedBefore;
  private final long head; // permits that the head asked for: they have one slot
  private final long total;
  private volatile long headSlot;
  private volatile long lastSlot;
  private volatile long used;
  private volatile long lookedAt; // when Redis last said that the slots stand

  /**
   * @param now when the answer arrived
   * @param headNanos how long after that the head's slot comes; below 0 if it has
   * @param lastNanos the same of the last permit
   */
  Stock(
      long mark,
      long returnedBefore,
      long head,
      long total,
      long now,
      long headNanos,
      long lastNanos) {
    this.mark = mark;
    this.returnedBefore = returnedBefore;
    this.head = head;
    this.total = total;
    this.headSlot = now + headNanos;
    this.lastSlot = now + lastNanos;
    this.lookedAt = now;
  }

  /** Takes permits if their slots have come. */
  boolean take(long permits, long now) {
    while (true) {
      long before = used;
      if (permits > total - before || slot(before + permits) - now > 0) {
        return false;
      }
      if (USED.compareAndSet(this, before, before + permits)) {
        return true;
      }
    }
  }

  /** Takes all that is left, and says how many permits that were. */
  long takeAll() {
    return total - (long) USED.getAndSet(this, total);
  }

  /** Returns whether so many are left, though their slots may lie ahead. */
  boolean holds(long permits) {
    return permits <= total - used;
  }

  /**
   * Returns whether to wait for the slots, rather than to ask anew: not where the head has left,
   * and the next asks for less.
   */
  boolean suits(long permits, long now) {
    return holds(permits) && (permits >= head || used > 0 || nanosUntil(permits, now) == 0);
  }

  boolean isEmpty() {
    return used == total;
  }

  /** How long until so many may be taken, 0 for now. Only where it {@linkplain #holds} them. */
  long nanosUntil(long permits, long now) {
    return Math.max(slot(used + permits) - now, 0);
  }

  /** How long ago Redis last said that the slots stand. */
  long nanosSinceLook(long now) {
    return now - lookedAt;
  }

  /** Something has changed: Redis is to be asked at once whether the slots stand. */
  void doubt(long now) {
    lookedAt = now - KeyLimiter.ASK_AGAIN;
  }

  /** Redis said that all slots stand, and which instant they come by at the latest. */
  void comesBy(long slot, long now) {
    if (slot - headSlot < 0) {
      headSlot = slot;
    }
    if (slot - lastSlot < 0) {
      lastSlot = slot;
    }
    lookedAt = now;
  }

  private long slot(long count) {
    long first = headSlot;
    if (count <= head) {
      return first;
    }
    long last = lastSlot;
    long each = (last - first) / (total - head) + 1;
    long slot = first + each * (count - head);
    return slot - last < 0 ? slot : last;
  }
}
