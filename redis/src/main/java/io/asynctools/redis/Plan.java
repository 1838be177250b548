package io.asynctools.redis;

import io.asynctools.api.Rate;
import java.nio.ByteBuffer;

/**
 * A limit as it is given to the scripts: rate and capacity in exact numbers, this JVM's share of
 * them during an outage, and the arguments of the scripts. Immutable; the keys of one limit share
 * an instance, and only those go into one command without saying their limit each.
 */
final class Plan {
  private static final long LARGEST = 1L << 53; // what a number of Lua holds
  private static final int NUMBER_BYTES = 7;
  private static final long PATIENT_MICROS = 1L << 50; // some 35 years

  // The commonest questions, which need no numbers of the limit.
  private static final Numbers ONE = new Numbers();
  private static final Numbers TRY = new Numbers(0);

  /** Asks how many tokens there are. */
  static final Numbers PEEK = new Numbers(-1);

  /** Has the bucket filled. */
  static final Numbers RESET = new Numbers(-2);

  final ExactRate rate;
  final ExactRate share; // of this JVM, while Redis is away
  final long num; // one permit costs num / denominator microseconds
  final Numbers limit; // for the scripts

  Plan(ExactRate rate, ExactRate share) {
    this.rate = rate;
    this.share = share;
    this.num = rate.numerator().min(java.math.BigInteger.valueOf(LARGEST)).longValueExact();
    this.limit = numbers(print());
  }

  static Plan of(Rate rate, long capacity, double localShare) {
    ExactRate exact = new ExactRate(rate, capacity);
    try {
      return new Plan(exact, exact.share(localShare));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "localShare is too small a share of rate, was " + localShare + ": " + e.getMessage(), e);
    }
  }

  /** Returns this limit for the scripts, as one that replaces another in this JVM. */
  Numbers replacing(Plan before) {
    byte[] own = print();
    byte[] other = before.print();
    return numbers(ByteBuffer.allocate(own.length + other.length).put(own).put(other).array());
  }

  private Numbers numbers(byte[] print) {
    return new Numbers(
        print, rate.full.micros(), rate.full.parts(), rate.one.micros(), rate.one.parts());
  }

  /** By which scripts tell limits apart: see {@code bucket.lua}. */
  private byte[] print() {
    ByteBuffer print = ByteBuffer.allocate(3 * NUMBER_BYTES);
    for (long each : new long[] {num, rate.denominator, Math.min(rate.capacity, LARGEST)}) {
      for (int shift = 8 * (NUMBER_BYTES - 1); shift >= 0; shift -= 8) {
        print.put((byte) (each >>> shift));
      }
    }
    return print.array();
  }

  boolean isLimit(Rate otherRate, long otherCapacity) {
    return rate.rate.equals(otherRate) && rate.capacity == otherCapacity;
  }

  /** The longest wait as the scripts take it, in whole microseconds. */
  static long patience(long nanos) {
    return nanos < 1_000 ? 0 : Math.min(nanos / 1_000, PATIENT_MICROS);
  }

  /** What is asked by a question: see {@code take.lua}. */
  Numbers question(long permits, long more, long charge, long patience) {
    if (more == 0 && charge == 0) {
      if (patience == PATIENT_MICROS) {
        Cost cost = rate.cost(permits);
        return permits == 1 ? ONE : new Numbers(permits, cost.micros(), cost.parts());
      } else if (patience == 0 && permits == 1) {
        return TRY;
      }
    }
    return question(permits, more, charge, patience, 0, 0);
  }

  /** The same, where a booking is held that may still stand. */
  Numbers question(
      long permits, long more, long charge, long patience, long heldMark, long returnedBefore) {
    Cost cost = rate.cost(permits);
    Cost all = more == 0 ? Cost.NONE : rate.cost(more);
    Cost charged = charge == 0 ? Cost.NONE : rate.cost(charge);
    return new Numbers(
        permits,
        cost.micros(),
        cost.parts(),
        more,
        all.micros(),
        all.parts(),
        charge,
        charged.micros(),
        charged.parts(),
        patience,
        heldMark,
        returnedBefore);
  }

  /** What is refunded: see {@code give_back.lua}. */
  Numbers refund(long permits, long mark, long returnedBefore) {
    long most = Math.min(permits, rate.capacity); // it was lowered, perhaps
    Cost cost = rate.cost(most);
    return new Numbers(most, cost.micros(), cost.parts(), mark, returnedBefore);
  }
}
