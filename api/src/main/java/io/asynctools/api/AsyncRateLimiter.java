package io.asynctools.api;

import io.asynctools.api.spi.BlockingWait;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A policy that admits calls one permit at a time. Thread-safe; waiters are served first come,
 * first served, and hold no thread.
 *
 * <p><b>Ways to use it</b>: around a call ({@link #execute}, or {@link #call} for blocking code),
 * as a decorator ({@link #decorate}), or by hand ({@link #acquire} or {@link #tryAcquire}, then
 * {@link Permit#release}).
 *
 * <p><b>The futures of {@code acquire}.</b> Ending one from outside, by {@code cancel}, {@code
 * orTimeout} or in any other way, gives up the wait and costs nothing. A future granted at once may
 * be shared by many callers, so do not rely on its identity; those of our own limiters cannot be
 * obtruded. Dependents made by {@code thenApply} and the like are plain futures: cancelling one
 * does not give up the wait. A {@code get} that is interrupted or times out leaves the waiter in
 * line: blocking code uses {@link #acquireBlocking}.
 *
 * <p><b>Arguments.</b> {@code permits} below 1, or more than could ever be granted, are an {@link
 * IllegalArgumentException} thrown at once, and so is a negative {@code maxWait}; null is a {@link
 * NullPointerException}. Everything else that goes wrong ends the future.
 */
public interface AsyncRateLimiter extends AsyncPolicy, AutoCloseable {

  /**
   * Takes a call's worth of permits if they can be had now. Never waits, never overtakes a waiter.
   *
   * @return the permit, or empty if there is none now or the limiter is closed
   */
  Optional<Permit> tryAcquire();

  /**
   * Takes permits if they can be had now, all or none. Never waits, never overtakes a waiter.
   *
   * @param permits how many, at least 1
   * @return one permit standing for all of them, or empty
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than can ever be granted
   */
  Optional<Permit> tryAcquire(long permits);

  /**
   * Asks for a call's worth of permits and waits its turn for them, at most the limiter's own
   * {@code maxWait}.
   *
   * @return completes with the permit; with {@link RateLimitExceededException} if it would or did
   *     take too long or too many wait; with {@link LimiterClosedException} if the limiter is
   *     closed
   */
  CompletableFuture<Permit> acquire();

  /**
   * Asks for permits, all or none, and waits its turn for them, at most the limiter's own {@code
   * maxWait}.
   *
   * @param permits how many, at least 1
   * @return as for {@link #acquire()}
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than can ever be granted
   */
  CompletableFuture<Permit> acquire(long permits);

  /**
   * Asks for permits, all or none, and waits its turn for them, at most {@code maxWait}, which
   * takes the place of the limiter's own. {@link Duration#ZERO} is the try that explains itself:
   * its refusal says when to come back.
   *
   * @param permits how many, at least 1
   * @param maxWait the longest wait; refused at once where it is known that it will not do
   * @return as for {@link #acquire()}
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than can ever be
   *     granted, or {@code maxWait} is negative
   */
  CompletableFuture<Permit> acquire(long permits, Duration maxWait);

  /**
   * {@link #acquire()} for blocking code: waits on the calling thread.
   *
   * @return the permit
   * @throws InterruptedException if the thread was interrupted on entry or while it waited; what it
   *     had asked for is given back
   * @throws RateLimitExceededException if the wait would be or was too long, or too many wait
   * @throws LimiterClosedException if the limiter is closed
   */
  default Permit acquireBlocking() throws InterruptedException {
    return BlockingWait.permitOf(this::acquire);
  }

  /**
   * {@link #acquire(long, Duration)} for blocking code: waits on the calling thread.
   *
   * @param permits how many, at least 1
   * @param maxWait the longest wait
   * @return the permit
   * @throws InterruptedException if the thread was interrupted on entry or while it waited; what it
   *     had asked for is given back
   * @throws RateLimitExceededException if the wait would be or was too long, or too many wait
   * @throws LimiterClosedException if the limiter is closed
   * @throws IllegalArgumentException as {@link #acquire(long, Duration)} does
   */
  default Permit acquireBlocking(long permits, Duration maxWait) throws InterruptedException {
    return BlockingWait.permitOf(() -> acquire(permits, maxWait));
  }

  /**
   * {@link #execute(Supplier)} for a call that costs {@code permits}.
   *
   * @param <T> what the call gives
   * @param permits what the call costs, at least 1
   * @param call starts the call
   * @return the call's outcome
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than can ever be granted
   */
  @Override
  <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call);

  /**
   * {@link #call(CheckedCallable)} for a call that costs {@code permits}.
   *
   * @param <T> what the call gives
   * @param <X> the checked exception the call may throw
   * @param permits what the call costs, at least 1
   * @param call the call
   * @return what the call gave
   * @throws X the call's own exception, unwrapped
   * @throws RejectedException if the limiter refused the call
   * @throws InterruptedException if the thread was interrupted on entry or while it waited
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than can ever be granted
   */
  @Override
  <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException;

  /**
   * Returns a lower bound of the wait that a request for {@code permits} would have now, behind
   * those that already wait. If {@code maxWaiters} are waiting, such a request is rejected; the
   * bound then tells when it could be granted, as the rejection's {@code retryAfter} does.
   *
   * @param permits how many, at least 1
   * @return the bound; zero if there is no wait or nothing is known of it; {@code
   *     Duration.ofNanos(Long.MAX_VALUE)} if the limiter is closed, so that it never grants
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than can ever be granted
   */
  default Duration estimateWait(long permits) {
    if (permits < 1) {
      throw new IllegalArgumentException("permits must be at least 1, was " + permits);
    }
    return Duration.ZERO;
  }

  /**
   * Whether this limiter may be forgotten: true only if making a fresh one on the next use could
   * not admit what keeping this one would have refused. One that is closed is not idle.
   *
   * @return whether it is idle now
   */
  boolean isIdle();

  /**
   * Ends the limiter: every waiter and every later {@code acquire} fails with {@link
   * LimiterClosedException}, {@code tryAcquire} gives empty, timers stop, calls that run may
   * finish. Closing again does nothing; never throws.
   */
  @Override
  default void close() {}
}
