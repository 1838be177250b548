package io.asynctools.perkey;

import io.asynctools.api.AsyncRateLimiter;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * All entries, linked through themselves, so that a walk costs what there are keys and not what
 * there once were (the hash table never shrinks), and can stop and go on anywhere.
 *
 * <p>Whoever makes an entry pushes it at the head, by compare-and-set. Entries are taken out by
 * walks alone, of which one moves at a time, whose turn it is (see {@link Housekeeper}). A walk
 * that stands behind an entry which another has taken out goes on from there all the same, since
 * that still leads on; what it then takes out stays linked, retired, until the next walk. Nothing
 * that is alive is ever lost, since links lead forward and skip nothing but the retired.
 */
final class EntryList<K, L extends AsyncRateLimiter> {
  private final AtomicReference<@Nullable Entry<K, L>> head = new AtomicReference<>();

  /** What a walk does with an entry. */
  interface Visitor<K, L extends AsyncRateLimiter> {
    /** True if the entry has been retired now. */
    boolean retire(Entry<K, L> entry);
  }

  void push(Entry<K, L> entry) {
    Entry<K, L> first;
    do {
      first = head.get();
      entry.next = first;
    } while (!head.compareAndSet(first, entry));
  }

  /** Lets go of them all. */
  void clear() {
    head.set(null);
  }

  /** A walk from the head to the end, in as many stretches as one likes. */
  final class Walk {
    private @Nullable Entry<K, L> before; // the last that was left in, alive or not
    private @Nullable Entry<K, L> current = head.get();

    boolean isOver() {
      return current == null;
    }

    /**
     * Visits the next so many entries, and takes out those that are retired.
     *
     * @param stopAtFirst whether to stop once one was retired by the visitor
     * @return whether it stopped for that
     */
    boolean advance(int visits, boolean stopAtFirst, Visitor<K, L> visitor) {
      for (int i = 0; i < visits; i++) {
        Entry<K, L> entry = current;
        if (entry == null) {
          return false;
        }
        boolean retires = !entry.isRetired() && visitor.retire(entry);
        current = entry.next;
        if (retires || entry.isRetired()) {
          takeOut(entry);
        } else {
          before = entry;
        }
        if (retires && stopAtFirst) {
          return true;
        }
      }
      return false;
    }

    /**
     * Holds on to none that is retired, nor to what hangs on it. It is over if it stands on one.
     */
    void letGo() {
      if (before != null && before.isRetired()) {
        before = null;
      }
      if (current != null && current.isRetired()) {
        current = null;
      }
    }

    private void takeOut(Entry<K, L> entry) {
      if (before != null) {
        before.next = entry.next;
      } else if (!head.compareAndSet(entry, entry.next)) {
        before = entry; // others came in front of it: this one stays, for the next walk
      }
    }
  }
}
