package io.asynctools.redis;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the scripts do to one key, step by step, in Java: the model that {@link LuaAgreesTest}
 * compares with them, and that {@link FakeRedis} answers by. The names are those of {@code
 * bucket.lua}, which explains them.
 */
final class ScriptModel {
  private static final long GRACE = 2_000_000;
  private static final long AHEAD = 10_000;
  private static final double PATIENT = 0x1p50;

  // The value; null if there is none.
  byte @Nullable [] value;
  private long goneAt; // in milliseconds

  // The limit that the question gives.
  private Plan own;
  private @Nullable Plan replaced;

  // The limit in force, and the state, as of the question that runs.
  private long num;
  private long d;
  private long cap;
  private long capq;
  private long capr;
  private long oneq;
  private long oner;
  private long debt;
  private long rem;
  private long returned;
  private long till;
  private long busy;
  private long spent;
  private long most;
  private long epoch;
  private long hold;
  private long seenRate;
  private long seenCap;
  private boolean stepped;
  private long mixed;
  private long now;

  ScriptModel(Plan own) {
    this.own = own;
  }

  /** As {@code take.lua}. */
  long[] take(long now, Plan limit, @Nullable Plan before, Numbers asked) {
    begin(now, limit, before);
    boolean exists = look();
    long n = 1;
    long q = oneq;
    long r = oner;
    double patience = PATIENT;
    long more = 0;
    long allq = 0;
    long allr = 0;
    long charge = 0;
    long chargeq = 0;
    long charger = 0;
    long held = 0;
    long heldBefore = 0;
    if (asked.count() == 1) {
      patience = asked.get(0);
      if (patience == -1) {
        return new long[] {tokens(), cap, 0};
      } else if (patience == -2) {
        debt = 0;
        rem = 0;
        returned = 0;
        till = 0;
        busy = 0;
        epoch = 0;
        hold = 0;
        seenRate = 0;
        if (exists) {
          store();
        }
        return new long[] {0, 0, 0};
      }
    } else if (asked.count() >= 3) {
      n = asked.get(0);
      q = asked.get(1);
      r = asked.get(2);
      if (asked.count() == 12) {
        more = asked.get(3);
        allq = asked.get(4);
        allr = asked.get(5);
        charge = asked.get(6);
        chargeq = asked.get(7);
        charger = asked.get(8);
        patience = asked.get(9);
        held = asked.get(10);
        heldBefore = asked.get(11);
      }
    }
    if (num != own.num || d != own.rate.denominator) {
      Cost each = cost(n);
      q = each.micros();
      r = each.parts();
      Cost all = cost(more);
      allq = all.micros();
      allr = all.parts();
      Cost charged = cost(charge);
      chargeq = charged.micros();
      charger = charged.parts();
    }
    if (held > 0 && exists && held - now <= debt + Math.max(returned - heldBefore, 0)) {
      if (stepped) {
        store();
      }
      return new long[] {-2, over(debt, rem), 0, 0, 0, mixed};
    }
    if (charge > 0) {
      charge(chargeq, charger);
    }
    long start = debt;
    long head = q;
    q = debt + head;
    r = rem + r;
    if (r >= d) {
      q++;
      r -= d;
    }
    long wait = over(q, r);
    if (wait > Math.max(patience, 0)) {
      if (stepped) {
        store();
      }
      return mixed > 0 ? new long[] {-1, wait, 0, 0, 0, mixed} : new long[] {-1, wait, 0};
    }
    debt = q;
    rem = r;
    long taken = more == 0 ? 0 : takeMore(more, allq, allr, start, patience > 0);
    long last = over(debt, rem);
    if (last > 0) {
      till = Math.max(till, now + debt + 1);
      busy = Math.max(busy, now + last);
      if (wait > 0 && head > AHEAD && head > oneq) {
        most = Math.max(most, head + 1);
        epoch = Math.max(epoch, now + wait);
      }
    }
    store();
    return last > 0 || mixed > 0
        ? new long[] {taken, now + debt, returned, wait, last, mixed}
        : new long[] {taken, now + debt, returned};
  }

  private void charge(long chargeq, long charger) {
    long beforeq = debt;
    long beforer = rem;
    debt += chargeq;
    rem += charger;
    if (rem >= d) {
      debt++;
      rem -= d;
    }
    if (isOver(debt, rem)) {
      till = Math.max(till, now + debt + 1);
      boolean booked = isOver(beforeq, beforer);
      long cutq = booked ? beforeq : capq;
      long cutr = booked ? beforer : capr;
      returned += debt - cutq + 1;
      debt = cutq;
      rem = cutr;
    }
    stepped = true;
  }

  private long takeMore(long more, long allq, long allr, long start, boolean books) {
    long mostq = books ? Math.max(capq, start) + AHEAD : capq;
    long q = debt + allq;
    long r = rem + allr;
    if (r >= d) {
      q++;
      r -= d;
    }
    if (q < mostq || (q == mostq && r <= capr)) {
      debt = q;
      rem = r;
      return more;
    }
    long taken = 0;
    while (taken < more) {
      q = debt + oneq;
      r = rem + oner;
      if (r >= d) {
        q++;
        r -= d;
      }
      if (q > mostq || (q == mostq && r > capr)) {
        break;
      }
      debt = q;
      rem = r;
      taken++;
    }
    return taken;
  }

  private long tokens() {
    double left = ((double) (capq - debt) + (double) (capr - rem) / d) / num * d;
    long tokens = Math.min(Math.max((long) Math.floor(left), 0), cap);
    while (tokens > 0 && !fits(tokens)) {
      tokens--;
    }
    while (tokens < cap && fits(tokens + 1)) {
      tokens++;
    }
    return tokens;
  }

  private boolean fits(long permits) {
    Cost cost = cost(permits);
    long q = debt + cost.micros();
    long r = rem + cost.parts();
    return r >= d ? !isOver(q + 1, r - d) : !isOver(q, r);
  }

  /** As {@code give_back.lua}. */
  long giveBack(long now, Plan limit, @Nullable Plan before, Numbers asked) {
    begin(now, limit, before);
    boolean exists = look();
    long q = asked.get(1);
    long r = asked.get(2);
    long mark = asked.get(3);
    long returnedThen = asked.get(4);
    if (num != own.num || d != own.rate.denominator) {
      Cost cost = cost(asked.get(0));
      q = cost.micros();
      r = cost.parts();
    }
    long room = mark - now - Math.max(returned - returnedThen, 0);
    if (room <= q) {
      q = Math.max(room, 0);
      r = 0;
    }
    if (q > debt || (q == debt && r > rem)) {
      q = debt;
      r = rem;
    }
    if (!exists || returned + q > 1L << 52) {
      return 0;
    }
    boolean undone = false;
    if (busy > 0 && (q > 0 || r > 0)) {
      if (mark == now + debt
          && returned == returnedThen
          && spent == 0
          && busy == now + over(debt, rem)) {
        undone = true;
        busy = busy - q <= now ? 0 : busy - q;
      } else {
        long largest = Math.max(most, Math.max(AHEAD, oneq + 1));
        long left = Math.floorDiv(capq - largest, 2) - spent - 1;
        if (q > left) {
          q = Math.max(left, 0);
          r = 0;
        }
        if (q > 0 || r > 0) {
          spent += q + 1;
          epoch = epoch == 0 ? busy : epoch;
        }
      }
    }
    if (q > 0 || r > 0) {
      final long full = now + debt + 1;
      debt -= q;
      rem -= r;
      if (rem < 0) {
        debt--;
        rem += d;
      }
      q += r > 0 ? 1 : 0;
      if (!undone) {
        till = Math.max(till, full);
        returned += q;
      }
      stepped = true;
    }
    if (stepped) {
      store();
    }
    return q;
  }

  void delete() {
    value = null;
  }

  boolean existsAt(long now) {
    return value != null && now / 1_000 < goneAt;
  }

  long goneAt() {
    return goneAt;
  }

  private void begin(long now, Plan limit, @Nullable Plan before) {
    this.now = now;
    this.own = limit;
    this.replaced = before;
    if (!existsAt(now)) {
      value = null;
    }
  }

  private boolean look() {
    put(own.num, own.rate.denominator, own.rate.capacity);
    debt = 0;
    rem = 0;
    returned = 0;
    till = 0;
    busy = 0;
    spent = 0;
    most = 0;
    epoch = 0;
    hold = 0;
    seenRate = 0;
    seenCap = 0;
    stepped = false;
    mixed = 0;
    byte[] bytes = value;
    if (bytes == null) {
      return false;
    }
    ByteBuffer stored = ByteBuffer.wrap(bytes);
    int flags = (stored.get() & 0xFF) - 0xF8;
    final long storedNum = get7(stored);
    final long storedD = get7(stored);
    final long storedCap = get7(stored);
    final long last = get7(stored);
    debt = get7(stored);
    if ((flags & 1) != 0) {
      rem = get7(stored);
    }
    if ((flags & 2) != 0) {
      returned = get7(stored);
      till = get7(stored);
      busy = get7(stored);
      spent = get7(stored);
      most = get7(stored);
      epoch = get7(stored);
      hold = get7(stored);
    }
    if ((flags & 4) != 0) {
      seenRate = get7(stored);
      seenCap = get7(stored);
    }
    pass(last);
    boolean same =
        storedNum == own.num && storedD == own.rate.denominator && storedCap == own.rate.capacity;
    if (!same) {
      if ((flags & 4) == 0) {
        seenRate = last;
        seenCap = last;
      }
      put(storedNum, storedD, storedCap);
      settle();
    } else if (seenRate > 0) {
      seenRate = 0;
      seenCap = 0;
      stepped = true;
    }
    return true;
  }

  private void pass(long last) {
    if (now < last) {
      till = Math.max(till, last + debt + 1);
      returned += last - now;
      busy = Math.max(busy - (last - now), 0);
      epoch = Math.max(epoch - (last - now), 0);
      stepped = true;
    } else if (now - last <= debt) {
      debt -= now - last;
    } else {
      debt = 0;
      rem = 0;
    }
    if (busy <= now) {
      busy = 0;
    }
    long held = hold - Math.max(now - epoch, 0);
    if (debt < held) {
      debt = held;
      rem = 0;
    }
    if (epoch <= now) {
      spent = 0;
      most = 0;
      epoch = 0;
      hold = 0;
    }
  }

  private void settle() {
    Plan before = replaced;
    long ownd = own.rate.denominator;
    long owncap = own.rate.capacity;
    long n = num;
    long e = d;
    long c = cap;
    if (num == own.num && d == ownd) {
      seenRate = now;
    } else {
      boolean over =
          now - seenRate > GRACE
              || (before != null && before.num == num && before.rate.denominator == d);
      if (over || (double) own.num / ownd < (double) num / d) {
        n = own.num;
        e = ownd;
      }
      mixed = over ? mixed : 1;
    }
    if (cap == owncap) {
      seenCap = now;
    } else {
      boolean over = now - seenCap > GRACE || (before != null && before.rate.capacity == cap);
      if (over || owncap > cap) {
        c = owncap;
      }
      mixed = over ? mixed : 1;
    }
    if (n != num || e != d || c != cap) {
      seenRate = n != num || e != d ? now : seenRate;
      seenCap = c != cap ? now : seenCap;
      change(n, e, c);
    }
    if (num == own.num && d == ownd && cap == owncap && mixed == 0) {
      seenRate = 0;
      seenCap = 0;
    }
    stepped = true;
  }

  private void change(long n, long e, long c) {
    final long before = debt;
    final long q = capq;
    final long r = capr;
    final boolean faster = (double) n / e < (double) num / d;
    if (n == num && e == d) {
      put(n, e, c);
      debt += capq - q;
      rem += capr - r;
      if (rem < 0) {
        debt--;
        rem += d;
      } else if (rem >= d) {
        debt++;
        rem -= d;
      }
    } else {
      changeRate(n, e, c);
      if (!faster) {
        debt = Math.min(debt, capq + 1 + Math.max(Math.max(before - q, busy - now), 0));
      }
    }
    if (debt < 0) {
      debt = 0;
      rem = 0;
    }
    returned += Math.max(Math.max(before, till - now), 0) + 1;
    till = Math.max(till, now + Math.max(before, debt) + 1);
    if (before > q) {
      busy = Math.max(busy, now + before - q);
    }
    if (busy > now) {
      most = capq;
      epoch = Math.max(epoch, busy);
      hold = Math.max(hold, Math.max(debt - capq, 0));
    }
    stepped = true;
  }

  private void changeRate(long n, long e, long c) {
    long tokens = tokens();
    Cost old = cost(tokens);
    if (hold > 0) {
      hold = (long) Math.floor((double) hold / num * d / e * n) + 2;
    }
    double rest =
        ((double) (capq - debt - old.micros()) + (double) (capr - rem - old.parts()) / d) / num * d;
    put(n, e, c);
    if (tokens >= cap) {
      debt = 0;
      rem = 0;
      return;
    }
    Cost kept = cost(tokens);
    debt = capq - kept.micros();
    rem = capr - kept.parts();
    if (rem < 0) {
      debt--;
      rem += d;
    }
    rest = Math.floor((rest - Math.abs(rest) * 1e-15) / d * num);
    if (rest != 0) {
      debt = debt - (long) rest + 1;
    }
  }

  private void put(long n, long e, long c) {
    num = n;
    d = e;
    cap = c;
    oner = n % e;
    oneq = n / e;
    Cost full = cost(c);
    capq = full.micros();
    capr = full.parts();
  }

  private Cost cost(long n) {
    double parts = (double) n * oner;
    if (parts < 0x1p53) {
      long r = n * oner % d;
      return new Cost(n * oneq + (n * oner - r) / d, r);
    }
    return new Cost(n * oneq + (long) Math.floor(n * ((double) oner / d)) + 1, 0);
  }

  private long over(long q, long r) {
    return q - capq + (r > capr ? 1 : 0);
  }

  private boolean isOver(long q, long r) {
    return q > capq || (q == capq && r > capr);
  }

  private void store() {
    int flags = 0xF8;
    long full = now + debt;
    ByteBuffer all = ByteBuffer.allocate(128);
    all.put((byte) 0);
    put7(all, num, d, cap, now, debt);
    if (rem > 0) {
      flags += 1;
      put7(all, rem);
    }
    if (returned > 0 || busy > 0 || epoch > 0) {
      flags += 2;
      full = Math.max(full, Math.max(till, epoch + hold));
      put7(all, returned, till, busy, spent, most, epoch, hold);
    }
    if (seenRate > 0) {
      flags += 4;
      put7(all, seenRate, seenCap);
    }
    all.put(0, (byte) flags).flip();
    byte[] bytes = new byte[all.remaining()];
    all.get(bytes);
    value = bytes;
    goneAt = full / 1_000 + 2;
  }

  private static void put7(ByteBuffer buffer, long... values) {
    for (long each : values) {
      for (int shift = 48; shift >= 0; shift -= 8) {
        buffer.put((byte) (each >>> shift));
      }
    }
  }

  private static long get7(ByteBuffer buffer) {
    long value = 0;
    for (int i = 0; i < 7; i++) {
      value = value << 8 | buffer.get() & 0xFF;
    }
    return value;
  }
}
