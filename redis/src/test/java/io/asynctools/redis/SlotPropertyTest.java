package io.asynctools.redis;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/**
 * No window holds more than the bucket, each permit counted at its slot, whatever is booked and
 * refunded, in any order, early, late or never; nor where the limit changes, up or down, by the
 * largest capacity and the highest rate, as long as nothing was booked before the change. {@link
 * LuaAgreesTest} has the scripts agree with this model step by step.
 *
 * <p>Promises: Redis 1, Redis 3.
 */
@Tag("unit")
class SlotPropertyTest {

  private static final int STEPS = 80;

  private record Use(long slot, long permits) {}

  private record Grant(long slot, long permits, long mark, long returned) {}

  @Property(tries = 3_000)
  void noWindowHoldsMoreThanTheBucket(@ForAll long seed) {
    Steps steps = new Steps(seed);
    Plan plan = new Plan(steps.rate, steps.rate);
    check(steps, List.of(plan), steps.rate.capacity);
  }

  @Property(tries = 3_000)
  void noWindowHoldsMoreThanTheLargerLimitWhereItChanges(@ForAll long seed) {
    Steps steps = new Steps(seed);
    ExactRate other = new Steps(seed + 1).rate;
    check(
        steps,
        List.of(new Plan(steps.rate, steps.rate), new Plan(other, other)),
        Math.max(steps.rate.capacity, other.capacity));
  }

  private static void check(Steps steps, List<Plan> limits, long capacity) {
    ScriptModel bucket = new ScriptModel(limits.get(0));
    List<Use> uses = new ArrayList<>();
    List<Grant> open = new ArrayList<>();
    Plan fastest =
        limits.stream()
            .min(Comparator.comparingDouble(plan -> (double) plan.num / plan.rate.denominator))
            .orElseThrow();
    for (int i = 0; i < STEPS; i++) {
      long now = steps.later();
      Plan limit = limits.get(i * limits.size() / STEPS);
      if (!open.isEmpty() && steps.random.nextInt(3) == 0) {
        Grant undone = open.remove(steps.random.nextInt(open.size()));
        bucket.giveBack(
            now, limit, null, limit.refund(undone.permits, undone.mark, undone.returned));
        continue;
      }
      long permits = Math.min(steps.permits(), limit.rate.capacity);
      boolean books = limits.size() == 1 || limit != limits.get(0);
      long patience = steps.random.nextBoolean() || !books ? 0 : 5 * limit.rate.full.micros();
      long[] answer = bucket.take(now, limit, null, limit.question(permits, 0, 0, patience));
      if (answer[0] < 0) {
        continue;
      }
      long slot = answer.length == 6 ? Math.max(now + answer[3], now) : now;
      if (steps.random.nextBoolean()) {
        open.add(new Grant(slot, permits, answer[1], answer[2]));
      } else {
        uses.add(new Use(slot, permits));
      }
    }
    open.forEach(grant -> uses.add(new Use(grant.slot, grant.permits))); // used after all
    uses.sort(Comparator.comparingLong(Use::slot));
    BigInteger num = BigInteger.valueOf(fastest.num);
    BigInteger d = BigInteger.valueOf(fastest.rate.denominator);
    for (int first = 0; first < uses.size(); first++) {
      BigInteger used = BigInteger.ZERO;
      for (int last = first; last < uses.size(); last++) {
        used = used.add(BigInteger.valueOf(uses.get(last).permits));
        long length = uses.get(last).slot - uses.get(first).slot;
        BigInteger most =
            BigInteger.valueOf(capacity)
                .multiply(num)
                .add(BigInteger.valueOf(length + 1).multiply(d));
        if (used.multiply(num).compareTo(most) > 0) {
          throw new AssertionError(
              "from use "
                  + first
                  + " to "
                  + last
                  + ": "
                  + used
                  + " permits in "
                  + length
                  + " us; "
                  + limits.stream().map(plan -> plan.rate.rate + " " + plan.rate.capacity).toList()
                  + uses.subList(first, last + 1));
        }
      }
    }
  }
}
