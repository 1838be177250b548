package io.asynctools.proof.simulation;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Limiters that break a promise now and then. */
final class BrokenLimiters {
  private static final int NOW_AND_THEN = 7;

  private BrokenLimiters() {}

  /** Grants one that was refused. */
  static AsyncRateLimiter generous(AsyncRateLimiter limiter) {
    return changed(
        limiter,
        "tryAcquire",
        permit -> ((Optional<?>) permit).isPresent() ? permit : Optional.of((Permit) () -> {}));
  }

  /** Loses a waiter, or the one who was granted at once. */
  static AsyncRateLimiter forgetful(AsyncRateLimiter limiter) {
    return changed(limiter, "acquire", future -> new CompletableFuture<Permit>());
  }

  /** Gives permits that nobody can end. */
  static AsyncRateLimiter leaking(AsyncRateLimiter limiter) {
    return changed(
        limiter, "tryAcquire", permit -> ((Optional<?>) permit).map(held -> (Permit) () -> {}));
  }

  /** Is not interested in its callers' leaving. */
  static AsyncRateLimiter deaf(AsyncRateLimiter limiter) {
    return changed(
        limiter, "acquire", future -> ((CompletableFuture<?>) future).thenApply(permit -> permit));
  }

  /** Says that it may be forgotten. */
  static AsyncRateLimiter alwaysIdle(AsyncRateLimiter limiter) {
    return changed(limiter, "isIdle", idle -> true);
  }

  private static AsyncRateLimiter changed(
      AsyncRateLimiter limiter, String method, Function<Object, Object> change) {
    int[] calls = new int[1];
    return (AsyncRateLimiter)
        Proxy.newProxyInstance(
            BrokenLimiters.class.getClassLoader(),
            new Class<?>[] {AsyncRateLimiter.class},
            (proxy, called, arguments) -> {
              try {
                Object result = called.invoke(limiter, arguments);
                boolean now =
                    called.getName().equals(method)
                        && (method.equals("isIdle") || ++calls[0] % NOW_AND_THEN == 0);
                return now ? change.apply(result) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
