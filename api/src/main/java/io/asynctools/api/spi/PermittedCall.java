package io.asynctools.api.spi;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a call whose permit is at hand, as {@code execute} and {@code call} of every limiter do:
 * cancellation flows inwards, the outcome is recorded, the permit ends once. For limiters that do
 * not extend {@link RateLimiterBase}, which does it by itself.
 */
public final class PermittedCall {
  private PermittedCall() {}

  /**
   * Starts an asynchronous call on this thread.
   *
   * @param <T> what the call gives
   * @param permit ends once the call has ended, by how it ended
   * @param call starts the call; what it throws ends the future
   * @return the call's outcome; ending it from outside ends the call, as {@link
   *     AsyncPolicy#execute} says
   */
  public static <T extends @Nullable Object> CompletableFuture<T> execute(
      Permit permit, Supplier<? extends CompletionStage<T>> call) {
    try {
      CallFuture<T> future = new CallFuture<>(call, true);
      future.start(permit);
      return future;
    } catch (Throwable e) { // out of memory
      permit.release();
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Runs a blocking call on this thread.
   *
   * @param <T> what the call gives
   * @param <X> the checked exception the call may throw
   * @param permit ends once the call has ended, by how it ended; inside a {@link TimedCall} whose
   *     time has passed, that is how
   * @param call the call
   * @return what the call gave
   * @throws X the call's own exception, unwrapped
   */
  public static <T extends @Nullable Object, X extends Exception> T call(
      Permit permit, CheckedCallable<? extends T, X> call) throws X {
    TimedCall limit = TimedCall.enclosing();
    if (limit != null) {
      limit.enter(permit);
    }
    T result;
    try {
      result = call.call();
    } catch (Throwable e) {
      Throwable late = limit == null ? null : limit.leave(permit);
      CallFuture.record(permit, late == null || e instanceof Error ? e : late);
      throw e;
    }
    Throwable late = limit == null ? null : limit.leave(permit);
    if (late == null) {
      CallFuture.recordValue(permit, result);
    } else {
      CallFuture.record(permit, late);
    }
    return result;
  }
}
