package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a call whose permit is at hand, as {@code execute} and {@code call} of every limiter do:
 * cancellation flows inwards, the outcome is recorded, the permit ends once, before anybody hears
 * of the outcome. What a permit throws is logged and changes nothing. For limiters that do not
 * extend {@link RateLimiterBase}, which does it by itself. Thread-safe.
 *
 * <p>A null call is refused, and its permit left alone: a limiter looks at its arguments before it
 * takes anything.
 */
public final class PermittedCall {
  private PermittedCall() {}

  /**
   * Starts an asynchronous call on this thread.
   *
   * @param <T> what the call gives
   * @param permit ends once the call has ended, by how it ended
   * @param call starts the call; what it throws ends the future, an {@link Error} too, and so does
   *     null in place of a stage
   * @return the call's outcome; ending it from outside ends the call, as {@link
   *     AsyncPolicy#execute} says, while the permit ends once the call's stage has completed
   * @throws NullPointerException if an argument is null
   */
  public static <T extends @Nullable Object> CompletableFuture<T> execute(
      Permit permit, Supplier<? extends CompletionStage<T>> call) {
    requireNonNull(permit, "permit");
    requireNonNull(call, "call");
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
   * @param permit ends once the call has ended, by how it ended: a cancel and an interrupt release
   *     it, also if the call throws another exception while the thread is interrupted; inside a
   *     {@link TimedCall} whose time has passed, the time-out is how, unless the call throws an
   *     {@link Error}
   * @param call the call
   * @return what the call gave
   * @throws X the call's own exception, unwrapped
   * @throws NullPointerException if an argument is null
   */
  public static <T extends @Nullable Object, X extends Exception> T call(
      Permit permit, CheckedCallable<? extends T, X> call) throws X {
    requireNonNull(permit, "permit");
    requireNonNull(call, "call");
    TimedCall limit = TimedCall.enclosing();
    TimedCall.Inside inside = limit == null ? null : limit.enter(permit);
    T result;
    try {
      result = call.call();
    } catch (Throwable e) {
      if (inside == null) {
        CallFuture.recordThrown(permit, e);
      } else {
        inside.failed(e);
      }
      throw e;
    }
    if (inside == null) {
      CallFuture.recordValue(permit, result);
    } else {
      inside.gave(result);
    }
    return result;
  }
}
