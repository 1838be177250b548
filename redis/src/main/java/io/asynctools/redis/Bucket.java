package io.asynctools.redis;

/**
 * The bucket of a key in this JVM, which decides during an outage: by the arithmetic of the
 * scripts, but without bookings. See {@code bucket.lua}. Not thread-safe.
 */
final class Bucket {
  private final long denominator;
  private final Cost full;

  boolean exists; // false as long as nothing was taken, and again once nobody can tell
  private long last;
  private long storedDebt;
  private long storedRem;
  private long storedReturned;
  private long storedTill;

  // As of the call that runs.
  private long debt;
  private long rem;
  private long returned;
  private long till;

  // What the last take() said besides.
  long taken; // how many more
  long mark; // the instant at which the debt will be over
  long returnedBefore;
  long wait; // after a refusal: microseconds

  /** A full bucket. */
  Bucket(ExactRate rate) {
    this.denominator = rate.denominator;
    this.full = rate.full;
  }

  /** Takes all there is. */
  void empty(long now) {
    debt = full.micros();
    rem = full.parts();
    returned = 0;
    till = 0;
    store(now);
  }

  /** As {@code take.lua}. */
  boolean take(long now, Cost cost, long more, Cost allMore, Cost one, Cost charge) {
    boolean stepped = look(now);
    if (!charge.isNone()) {
      add(charge);
      if (isOver(debt, rem)) {
        till = Math.max(till, now + debt + 1);
        returned += debt - full.micros() + 1;
        debt = full.micros();
        rem = full.parts();
      }
      stepped = true;
    }
    if (!fits(cost)) {
      wait = waitFor(cost);
      if (stepped) {
        store(now);
      }
      return false;
    }
    add(cost);
    taken = 0;
    if (more > 0) {
      if (fits(allMore)) {
        add(allMore);
        taken = more;
      } else {
        while (taken < more && fits(one)) {
          add(one);
          taken++;
        }
      }
    }
    store(now);
    mark = now + debt;
    returnedBefore = returned;
    return true;
  }

  /** As {@code give_back.lua}. */
  long giveBack(long now, Cost cost, long markThen, long returnedThen) {
    boolean stepped = look(now);
    return giveBack(now, stepped, cost, markThen, Math.max(returned - returnedThen, 0));
  }

  /**
   * Gives back, where it is known how much was given back since the grant, of earlier grants.
   *
   * @return what came back, in microseconds
   */
  long giveBackSince(long now, Cost cost, long markThen, long since) {
    return giveBack(now, look(now), cost, markThen, since);
  }

  private long giveBack(long now, boolean stepped, Cost cost, long markThen, long since) {
    if (!exists) {
      return 0;
    }
    long q = cost.micros();
    long r = cost.parts();
    long room = markThen - now - since;
    if (room <= q) {
      q = Math.max(room, 0);
      r = 0;
    }
    if (q > debt || (q == debt && r > rem)) {
      q = debt;
      r = rem;
    }
    if (returned + q > 1L << 52) {
      return 0;
    }
    if (q > 0 || r > 0) {
      till = Math.max(till, now + debt + 1);
      debt -= q;
      rem -= r;
      if (rem < 0) {
        debt--;
        rem += denominator;
      }
      q += r > 0 ? 1 : 0;
      returned += q;
    }
    if (stepped || q > 0) {
      store(now);
    }
    return q;
  }

  /** How long until so much could be taken, in microseconds, 0 for now. */
  long microsUntil(long now, Cost cost) {
    look(now);
    return fits(cost) ? 0 : waitFor(cost);
  }

  /** When it is forgotten, in milliseconds. */
  long goneAt() {
    return Math.max(last + storedDebt, storedReturned > 0 ? storedTill : 0) / 1_000 + 2;
  }

  private boolean existsAt(long now) {
    return exists && now / 1_000 < goneAt();
  }

  /** What there is now, as stored and by what has come in since; true if the clock went back. */
  private boolean look(long now) {
    if (!existsAt(now)) {
      exists = false;
      debt = 0;
      rem = 0;
      returned = 0;
      till = 0;
      return false;
    }
    debt = storedDebt;
    rem = storedRem;
    returned = storedReturned;
    till = storedTill;
    if (now < last) {
      till = Math.max(till, last + debt + 1);
      returned += last - now;
      return true;
    }
    if (now - last <= debt) {
      debt -= now - last;
    } else {
      debt = 0;
      rem = 0;
    }
    return false;
  }

  private void store(long now) {
    exists = true;
    last = now;
    storedDebt = debt;
    storedRem = rem;
    storedReturned = returned;
    storedTill = till;
  }

  private void add(Cost cost) {
    debt += cost.micros();
    rem += cost.parts();
    if (rem >= denominator) {
      debt++;
      rem -= denominator;
    }
  }

  private boolean fits(Cost cost) {
    long q = debt + cost.micros();
    long r = rem + cost.parts();
    return r >= denominator ? !isOver(q + 1, r - denominator) : !isOver(q, r);
  }

  private long waitFor(Cost cost) {
    long q = debt + cost.micros();
    long r = rem + cost.parts();
    if (r >= denominator) {
      q++;
      r -= denominator;
    }
    return q - full.micros() + (r > full.parts() ? 1 : 0);
  }

  private boolean isOver(long q, long r) {
    return q > full.micros() || (q == full.micros() && r > full.parts());
  }
}
