package io.asynctools.proof.simulation;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import java.util.function.UnaryOperator;

/** One semaphore, its limit changed now and then. */
final class SemaphoreScenario extends Scenario {
  private final SemaphoreRateLimiter semaphore;
  private final RoomPromise promise;
  private final Book book;
  private final Clients clients;
  private final boolean changes;
  private final int built;
  private int limit;

  SemaphoreScenario(World world) {
    this(world, UnaryOperator.identity());
  }

  /** What the clients use is the semaphore, broken in some way. */
  SemaphoreScenario(World world, UnaryOperator<AsyncRateLimiter> breakage) {
    super(world);
    this.built = 1 + random.nextInt(random.nextBoolean() ? 3 : 30);
    this.limit = built;
    this.changes = random.nextBoolean();
    this.semaphore =
        SemaphoreRateLimiter.builder(limit)
            .cancelCalls(random.nextBoolean())
            .timeSource(world)
            .executor(world)
            .maxWaiters(random.nextInt(4) == 0 ? 20 : 1_000)
            .build();
    this.promise = new RoomPromise(this, "semaphore", limit, semaphore::availablePermits);
    this.book = new Book(this, "semaphore", promise);
    this.clients =
        new Clients(this, breakage.apply(semaphore), book, semaphore::waiters, () -> limit);
    note("a semaphore of " + limit);
  }

  @Override
  void act() {
    if (changes && random.nextInt(100) == 0) {
      resize(1 + random.nextInt(20));
    } else {
      clients.act();
    }
  }

  private void resize(int newLimit) {
    note("resized to " + newLimit);
    limit = newLimit;
    promise.set(newLimit);
    semaphore.resize(newLimit);
  }

  @Override
  void checkAtRest() {
    book.atRest(semaphore.waiters());
  }

  @Override
  void check() {
    require(semaphore.availablePermits() >= 0, "%d free", semaphore.availablePermits());
  }

  @Override
  boolean letGo() {
    return clients.letGo();
  }

  @Override
  void checkAtEnd() {
    require(clients.holdNothing(), "somebody holds something at the end");
    require(
        semaphore.availablePermits() == limit,
        "%d of %d permits came back",
        semaphore.availablePermits(),
        limit);
    resize(built);
    require(semaphore.isIdle(), "not idle with nothing out");
    require(world.timers() == 0, "%d timers at the end", world.timers());
  }
}
