package io.asynctools.redis.faults;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Somebody who asked for a permit, with a watch. */
final class Caller {
  final long asked = System.nanoTime();
  final CompletableFuture<Permit> future;
  final long returned; // when acquire itself was over
  private final CompletableFuture<Long> answered;

  private Caller(Supplier<CompletableFuture<Permit>> acquire) {
    future = acquire.get();
    returned = System.nanoTime();
    answered = future.handle((permit, error) -> System.nanoTime());
  }

  /** The asynchronous try. */
  static Caller tries(AsyncRateLimiter limiter) {
    return tries(limiter, 1);
  }

  static Caller tries(AsyncRateLimiter limiter, long permits) {
    return new Caller(() -> limiter.acquire(permits, Duration.ZERO));
  }

  /**
   * Takes one, once there is an answer of Redis: a first question may well come too early for the
   * connection.
   */
  static void takesFirst(AsyncRateLimiter limiter) throws Exception {
    Eventually.within(10, "a first permit", () -> tries(limiter).isGranted());
  }

  /** Waits as long as it takes. */
  static Caller waits(AsyncRateLimiter limiter) {
    return new Caller(limiter::acquire);
  }

  /** Waits for the answer, whatever it is. */
  Caller hasAnswer() throws Exception {
    answered.get(30, TimeUnit.SECONDS);
    return this;
  }

  void whenAnswered(Runnable action) {
    answered.whenComplete((at, none) -> action.run());
  }

  boolean isAnswered() {
    return answered.isDone();
  }

  long answeredAt() {
    return answered.join();
  }

  long nanos() {
    return answeredAt() - asked;
  }

  boolean isGranted() throws Exception {
    return hasAnswer().error() == null;
  }

  /** Null if granted. */
  Throwable error() {
    try {
      future.join();
      return null;
    } catch (CompletionException e) {
      return e.getCause();
    } catch (RuntimeException e) {
      return e;
    }
  }

  /** For {@link Windows}. */
  long[] interval() {
    return new long[] {asked, answeredAt()};
  }

  /** How many permits are there: takes them all. */
  static int takeAll(AsyncRateLimiter limiter) throws Exception {
    int count = 0;
    while (tries(limiter).isGranted()) {
      count++;
    }
    return count;
  }
}
