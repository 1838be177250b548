package io.asynctools.tokenbucket;

import static java.math.BigInteger.ONE;
import static java.math.BigInteger.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * What a bucket and the line before it should do, by one who needs neither threads nor speed, with
 * numbers that never overflow and a list of all who ever asked. Does to the real one what it does
 * to itself.
 */
final class BucketModel {
  private static final BigInteger SAYABLE = ONE.shiftLeft(61); // 73 years, in nanoseconds

  private enum State {
    WAITS,
    GRANTED, // and does not know it yet
    REFUSED, // nor does this one
    GONE // knows, or has left
  }

  /** One who asked. */
  private static final class Request {
    final long permits;
    CompletableFuture<Permit> future;
    State state = State.WAITS;
    BigInteger deadline; // null for one who waits for ever
    Class<? extends Throwable> error; // of one who is refused
    Reason reason;
    BigInteger comeBackAfter; // null where the model does not say
    Grant grant;
    int undosBefore;

    Request(long permits) {
      this.permits = permits;
    }
  }

  /** What was granted and has not been given back. */
  private record Grant(int number, BigInteger at, BigInteger units, BigInteger mark) {}

  private record Undo(int grant, BigInteger credit) {}

  private final TokenBucketRateLimiter real;
  private final Rate builtRate;
  private final long builtCapacity;
  private final int maxWaiters;
  private final List<Request> requests = new ArrayList<>();
  private BigInteger now = ZERO;

  private Rate rate;
  private long capacity;
  private int scale;
  private BigInteger start; // of this rate
  private BigInteger kept; // units at the start
  private BigInteger issued; // units, earned at the start being none
  private final List<Grant> grants = new ArrayList<>();
  private final List<Undo> undos = new ArrayList<>();
  private int granted;

  BucketModel(TokenBucketRateLimiter real, Rate rate, long capacity, long tokens, int maxWaiters) {
    this.real = real;
    this.builtRate = rate;
    this.builtCapacity = capacity;
    this.maxWaiters = maxWaiters;
    begin(rate, capacity, BigInteger.valueOf(tokens).shiftLeft(scaleOf(rate)));
  }

  private void begin(Rate newRate, long newCapacity, BigInteger units) {
    rate = newRate;
    capacity = newCapacity;
    scale = scaleOf(newRate);
    start = now;
    kept = units.min(capacityUnits());
    issued = kept.negate();
    grants.clear();
  }

  /** The least power of two that makes a token of at least a unit a nanosecond. */
  private static int scaleOf(Rate rate) {
    int scale = 0;
    while (BigInteger.valueOf(rate.permits()).shiftLeft(scale).compareTo(Rates.nanos(rate)) < 0) {
      scale++;
    }
    return scale;
  }

  // ---- What is done

  void tries(long permits) {
    boolean fits = in(State.WAITS).isEmpty() && take(permits) != null;
    assertThat(real.tryAcquire(permits).isPresent()).as("a try for %s", permits).isEqualTo(fits);
  }

  /** Asks, and waits for so many nanoseconds at most, or for ever. */
  void acquires(long permits, Long maxWait) {
    Request request = new Request(permits);
    requests.add(request);
    request.future =
        maxWait == null ? real.acquire(permits) : real.acquire(permits, Duration.ofNanos(maxWait));
    if (in(State.WAITS).size() == 1 && take(permits) != null) {
      request.state = State.GONE;
      assertThat(request.future).as("a permit that is there").isCompleted();
      return;
    }
    BigInteger wait = nanosUntil(queued()); // its own included
    if (maxWait != null && (maxWait == 0 || wait.compareTo(BigInteger.valueOf(maxWait)) > 0)) {
      refuse(request, Reason.RATE, wait);
    } else if (in(State.WAITS).size() > maxWaiters) {
      refuse(request, Reason.QUEUE_FULL, wait);
    } else if (maxWait != null) {
      request.deadline = now.add(BigInteger.valueOf(maxWait));
    }
    if (request.state == State.REFUSED) { // it hears of that at once
      hears(request);
    }
  }

  void givesUp(int which) {
    if (requests.isEmpty()) {
      return;
    }
    Request request = requests.get(which % requests.size());
    assertThat(request.future.completeExceptionally(new TimeoutException()))
        .as("%s gives up", request.state)
        .isEqualTo(request.state != State.GONE);
    if (request.state == State.GRANTED) {
      undo(request);
    }
    request.state = State.GONE;
    settle();
  }

  void passes(BigInteger nanos) {
    BigInteger until = now.add(nanos);
    while (!in(State.WAITS).isEmpty()) {
      BigInteger next = now.add(nanosUntil(in(State.WAITS).get(0).permits));
      for (Request request : in(State.WAITS)) {
        next = request.deadline == null ? next : next.min(request.deadline);
      }
      if (next.compareTo(until) > 0) {
        break;
      }
      now = next;
      settle();
    }
    now = until;
  }

  /** After all have heard: what is given back of grants of before has tests of its own. */
  void reconfigures(Rate newRate, long newCapacity) {
    real.reconfigure(newRate, newCapacity);
    int up = scaleOf(newRate) - scale;
    BigInteger held = held();
    begin(newRate, newCapacity, up >= 0 ? held.shiftLeft(up) : held.shiftRight(-up));
    for (Request request : in(State.WAITS)) {
      if (request.permits > newCapacity) {
        request.state = State.REFUSED;
        request.error = IllegalArgumentException.class;
      }
    }
    settle();
  }

  /** The executor has run: all know where they stand. */
  void delivered() {
    in(State.GRANTED)
        .forEach(
            request -> {
              assertThat(request.future).as("a grant").isCompleted();
              request.state = State.GONE;
            });
    in(State.REFUSED).forEach(BucketModel::hears);
  }

  private static void hears(Request request) {
    request.state = State.GONE;
    assertThat(request.future).isCompletedExceptionally();
    Throwable error = request.future.handle((permit, thrown) -> thrown).join();
    assertThat(error).isInstanceOf(request.error);
    if (error instanceof RateLimitExceededException refusal) {
      assertThat(refusal.reason()).isEqualTo(request.reason);
      if (request.comeBackAfter != null && request.comeBackAfter.compareTo(SAYABLE) < 0) {
        assertThat(BigInteger.valueOf(refusal.retryAfter().orElseThrow().toNanos()))
            .isEqualTo(request.comeBackAfter.max(ONE));
      }
    }
  }

  // ---- What can be seen of the real one

  void check() {
    assertThat(real.waiters()).isEqualTo(in(State.WAITS).size());
    assertThat(in(State.WAITS)).allSatisfy(request -> assertThat(request.future).isNotDone());
    assertThat(BigInteger.valueOf(real.availableTokens())).isEqualTo(held().shiftRight(scale));
    BigInteger wait = nanosUntil(queued() + 1);
    if (wait.compareTo(SAYABLE) < 0) {
      assertThat(BigInteger.valueOf(real.estimateWait(1).toNanos())).isEqualTo(wait);
    }
    assertThat(real.isIdle())
        .as("idle")
        .isEqualTo(
            in(State.WAITS).isEmpty()
                && held().equals(capacityUnits())
                && rate.equals(builtRate)
                && capacity == builtCapacity);
    assertThat(held())
        .as("no more than if what was given back had never been granted")
        .isLessThanOrEqualTo(heldHadNothingBeenUndone());
  }

  /** Everything again from the start, but for the grants that were undone. */
  private BigInteger heldHadNothingBeenUndone() {
    BigInteger spent = kept.negate();
    for (Grant grant : grants) {
      spent = spent.max(earned(grant.at).subtract(capacityUnits())).add(grant.units);
    }
    return earned(now).subtract(spent).min(capacityUnits());
  }

  // ---- The line

  /** The oldest first, and nobody past one who has to wait. */
  private void settle() {
    while (true) {
      List<Request> line = in(State.WAITS);
      if (line.isEmpty()) {
        return;
      }
      Request head = line.get(0);
      Grant grant = take(head.permits);
      if (grant != null) {
        head.state = State.GRANTED;
        head.grant = grant;
        head.undosBefore = undos.size();
        continue;
      }
      BigInteger wait = nanosUntil(head.permits);
      if (head.deadline != null && head.deadline.subtract(now).compareTo(wait) < 0) {
        refuse(head, Reason.RATE, wait);
        continue;
      }
      for (Request request : line) {
        if (request.deadline != null && request.deadline.compareTo(now) <= 0) {
          refuse(request, Reason.RATE, null);
        }
      }
      if (head.state == State.WAITS) {
        return;
      }
    }
  }

  private static void refuse(Request request, Reason reason, BigInteger comeBackAfter) {
    request.state = State.REFUSED;
    request.error = RateLimitExceededException.class;
    request.reason = reason;
    request.comeBackAfter = comeBackAfter;
  }

  private List<Request> in(State state) {
    return requests.stream().filter(request -> request.state == state).toList();
  }

  private long queued() {
    return in(State.WAITS).stream().mapToLong(request -> request.permits).sum();
  }

  // ---- The bucket

  private BigInteger earned(BigInteger at) {
    return at.subtract(start)
        .multiply(BigInteger.valueOf(rate.permits()))
        .shiftLeft(scale)
        .divide(Rates.nanos(rate));
  }

  private BigInteger units(long tokens) {
    return BigInteger.valueOf(tokens).shiftLeft(scale);
  }

  private BigInteger capacityUnits() {
    return units(capacity);
  }

  /** Issued, and what has run over counted as issued too. */
  private BigInteger inEffect() {
    return issued.max(earned(now).subtract(capacityUnits()));
  }

  private BigInteger held() {
    return earned(now).subtract(inEffect());
  }

  private Grant take(long tokens) {
    if (held().compareTo(units(tokens)) < 0) {
      return null;
    }
    issued = inEffect().add(units(tokens));
    Grant grant = new Grant(++granted, now, units(tokens), issued);
    grants.add(grant);
    return grant;
  }

  private BigInteger nanosUntil(long tokens) {
    BigInteger target = inEffect().add(units(tokens));
    if (target.compareTo(earned(now)) <= 0) {
      return ZERO;
    }
    BigInteger perPeriod = BigInteger.valueOf(rate.permits()).shiftLeft(scale);
    BigInteger at =
        start.add(
            target.multiply(Rates.nanos(rate)).add(perPeriod).subtract(ONE).divide(perPeriod));
    return at.subtract(now);
  }

  /**
   * What would still be in the bucket had it never been granted (token bucket 4). A bucket that has
   * issued 2^63 units since it was built or changed, which takes it a century or more, has lost
   * count, and gives nothing back.
   */
  private void undo(Request request) {
    BigInteger returned = ZERO;
    for (Undo undo : undos.subList(request.undosBefore, undos.size())) {
      returned = undo.grant < request.grant.number ? returned.add(undo.credit) : returned;
    }
    BigInteger credit =
        capacityUnits()
            .add(request.grant.mark)
            .subtract(returned)
            .subtract(earned(now))
            .min(request.grant.units)
            .max(ZERO);
    if (request.grant.mark.add(kept).bitLength() > 63) {
      credit = ZERO;
    }
    issued = issued.subtract(credit);
    undos.add(new Undo(request.grant.number, credit));
    grants.remove(request.grant);
  }
}
