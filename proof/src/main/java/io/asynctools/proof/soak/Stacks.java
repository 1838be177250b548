package io.asynctools.proof.soak;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.StateListener;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.proof.calls.Work;
import io.asynctools.retry.Retry;
import io.asynctools.retry.RetryBudget;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A retry with a budget over a breaker for each key over one semaphore; one call in four goes
 * through the retry alone, and would spend the budget many times. Never more calls at once, never
 * more attempts than there may be, retries within the budget, a breaker's changes of state in
 * order; and in the end no breaker is stuck.
 */
final class Stacks implements Drill {
  private static final int LIMIT = 32;
  private static final int ATTEMPTS = 3;
  private static final double SHARE = 0.05; // without a budget they would be some 0.24
  private static final Rate FLOOR =
      new Rate(1, Duration.ofDays(1)); // clocks jump: it counts for nothing

  private final Surroundings world;
  private final PerKeyRateLimiter<Integer, CircuitBreaker> breakers;
  private final AsyncRateLimiter semaphore;
  private final Retry retry;
  private final AtomicInteger concurrent = new AtomicInteger();
  private final LongAdder calls = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder started = new LongAdder();
  private final long begun;

  Stacks(Surroundings world) {
    this.world = world;
    this.begun = world.time().nanoTime();
    this.breakers =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofSeconds(1))
            .cleanupInterval(Duration.ofSeconds(1))
            .timeSource(world.time())
            .build(
                key ->
                    CircuitBreaker.builder()
                        .logLevel(System.Logger.Level.OFF)
                        .failureThreshold(3)
                        .timeout(Duration.ofMillis(20))
                        .onStateChange(new InOrder())
                        .timeSource(world.time())
                        .build());
    this.semaphore =
        world
            .breakage()
            .apply(
                SemaphoreRateLimiter.builder(LIMIT)
                    .maxWait(Duration.ofMillis(20))
                    .timeSource(world.time())
                    .build());
    this.retry =
        Retry.builder()
            .maxAttempts(ATTEMPTS)
            .initialDelay(Duration.ofMillis(2))
            .attemptTimeout(Duration.ofMillis(200))
            .totalTimeout(Duration.ofSeconds(1))
            .budget(world.budget())
            .onRetry((error, next, delay) -> retries.increment())
            .timeSource(world.time())
            .build();
  }

  /** The budget that the retries are held to. */
  static RetryBudget budget() {
    return RetryBudget.of(SHARE, FLOOR);
  }

  /** Hears of one breaker's changes. */
  private final class InOrder implements StateListener {
    private volatile State last = State.CLOSED;

    @Override
    public void onStateChange(State from, State to) {
      if (from != last || from == to) {
        world.violations().add("a breaker went from " + from + " to " + to + " after " + last);
      }
      last = to;
    }
  }

  @Override
  public String name() {
    return "retry > breaker per key > semaphore";
  }

  @Override
  public void act(int key) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    AtomicInteger attempts = new AtomicInteger();
    calls.increment();
    CompletableFuture<String> future =
        random.nextInt(4) == 0
            ? retry.execute(() -> unprotected(key, attempts))
            : AsyncPolicy.compose(retry, breakers.forKey(key), semaphore)
                .execute(() -> attempt(key, attempts));
    world.pending().follow(future);
    if (!future.isDone() && random.nextInt(4) == 0) {
      world
          .pending()
          .keep(
              random.nextBoolean()
                  ? () -> future.cancel(true)
                  : () -> future.completeExceptionally(new TimeoutException("of the caller")));
    }
  }

  /**
   * An attempt that nobody refuses: what an ill callee would be retried without the budget. (Most
   * calls through the stack end at a breaker or at the semaphore, and those are not retried.)
   */
  private CompletionStage<String> unprotected(int key, AtomicInteger attempts) {
    starts(attempts);
    return fails(key)
        ? CompletableFuture.failedFuture(new IllegalStateException("failed"))
        : CompletableFuture.completedFuture("done");
  }

  private CompletionStage<String> attempt(int key, AtomicInteger attempts) {
    starts(attempts);
    int now = concurrent.incrementAndGet();
    if (now > LIMIT) {
      world.violations().add(now + " calls at once, of " + LIMIT);
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    boolean bad = fails(key) && random.nextInt(4) > 0;
    switch (random.nextInt(4)) {
      case 0 -> {
        Work work = new Work(true, ended -> concurrent.decrementAndGet());
        world
            .pending()
            .keep(
                bad
                    ? () -> work.completeExceptionally(new IllegalStateException("failed"))
                    : () -> work.complete("done"));
        return work;
      }
      case 1 -> {
        concurrent.decrementAndGet();
        if (bad) {
          throw new IllegalStateException("thrown");
        }
        return CompletableFuture.completedFuture("done");
      }
      default -> {
        concurrent.decrementAndGet();
        return bad
            ? CompletableFuture.failedFuture(new IllegalStateException("failed"))
            : CompletableFuture.completedFuture("done");
      }
    }
  }

  private void starts(AtomicInteger attempts) {
    started.increment();
    if (attempts.incrementAndGet() > ATTEMPTS) {
      world.violations().add("attempt " + attempts + " of " + ATTEMPTS);
    }
  }

  /** A callee is well for a second, then ill for one. */
  private static boolean fails(int key) {
    return (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()) + key) % 2 == 0;
  }

  @Override
  public void checkAtRest() {
    double days = (world.time().nanoTime() - begun) / 86_400e9;
    if (retries.sum() > SHARE * calls.sum() + days + 1) {
      world.violations().add(retries + " retries of " + calls + " calls: over the budget");
    }
    if (concurrent.get() != 0) {
      world.violations().add(concurrent + " calls run at the end");
    }
    Optional<Permit> all = semaphore.tryAcquire(LIMIT);
    if (all.isEmpty()) {
      world.violations().add("not all permits of the stack's semaphore have come back");
    }
    all.ifPresent(Permit::release);
    world.time().jump(Duration.ofSeconds(60).toNanos());
    for (int key = 0; key < world.keys(); key++) {
      Optional<Permit> call = breakers.forKey(key).tryAcquire();
      if (call.isEmpty()) {
        world.violations().add("breaker " + key + " is stuck");
      }
      call.ifPresent(Permit::recordSuccess);
    }
  }

  @Override
  public long keys() {
    return breakers.size();
  }

  @Override
  public long admitted() {
    return started.sum();
  }

  @Override
  public void close() {
    breakers.close();
    semaphore.close();
  }
}
