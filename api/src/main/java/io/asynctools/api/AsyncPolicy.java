package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A rule that asynchronous calls run under: a limit, a breaker, a retry, or a stack of them.
 * Implementations are thread-safe.
 */
public interface AsyncPolicy {

  /**
   * The name this policy was configured with; it stands in every error and metric.
   *
   * @return the name
   */
  String name();

  /**
   * Runs a call under this policy, without holding a thread while it waits.
   *
   * <p>The call starts on the calling thread where the policy admits it at once, and on the
   * policy's executor where it had to wait. Whatever goes wrong, in the policy, in {@code call} or
   * in the stage it gives, ends the returned future and is never thrown from here.
   *
   * <p><b>Cancellation flows inwards.</b> Cancelling the returned future gives up the wait, or
   * cancels the call's own future if it runs. Ending it with an exception, as {@code orTimeout}
   * does, does the same, and that exception is the call's outcome for every policy it passes;
   * ending it with a value counts as a cancel. The call's own future is ended with that exception
   * too; if it is of a subclass that does not override {@code completeExceptionally} it is
   * cancelled instead, as it may have more to do then: the JDK's HTTP client aborts the exchange.
   * This holds for the returned future itself: dependents made by {@code thenApply} and the like
   * are plain futures whose cancellation reaches nobody.
   *
   * @param <T> what the call gives
   * @param call starts the call; at most one start for each time the policy admits it
   * @return the call's outcome; {@link RejectedException} where the policy refused it
   */
  <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call);

  /**
   * Runs a blocking call under this policy on the calling thread, which waits where it has to.
   * Meant for virtual threads and for code that blocks anyway.
   *
   * @param <T> what the call gives
   * @param <X> the checked exception the call may throw
   * @param call the call
   * @return what the call gave
   * @throws X the call's own exception, unwrapped
   * @throws RejectedException if the policy refused the call
   * @throws InterruptedException if the thread was interrupted on entry or while it waited; what it
   *     had asked for is given back
   */
  <T extends @Nullable Object, X extends Exception> T call(CheckedCallable<? extends T, X> call)
      throws X, InterruptedException;

  /**
   * Runs a call that costs {@code permits} under this policy. A stack takes that number of permits
   * from each limiter in it; a policy that counts no permits, such as a retry, ignores the number.
   *
   * @param <T> what the call gives
   * @param permits what the call costs, at least 1
   * @param call starts the call
   * @return as for {@link #execute(Supplier)}; if a limiter in a stack can never grant that number
   *     of permits, the future fails with {@link IllegalArgumentException}
   * @throws IllegalArgumentException if {@code permits} is below 1
   */
  default <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    checkPermits(permits);
    return execute(call);
  }

  /**
   * Runs a blocking call that costs {@code permits} under this policy, on the calling thread. A
   * stack takes that number of permits from each limiter in it; a policy that counts no permits,
   * such as a retry, ignores the number.
   *
   * @param <T> what the call gives
   * @param <X> the checked exception the call may throw
   * @param permits what the call costs, at least 1
   * @param call the call
   * @return what the call gave
   * @throws X the call's own exception, unwrapped
   * @throws RejectedException if the policy rejected the call
   * @throws InterruptedException as {@link #call(CheckedCallable)} does
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than a limiter can ever
   *     grant
   */
  default <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    checkPermits(permits);
    return call(call);
  }

  private static void checkPermits(long permits) {
    if (permits < 1) {
      throw new IllegalArgumentException("permits must be at least 1, was " + permits);
    }
  }

  /**
   * Wraps a call so that each run of it goes through {@link #execute(Supplier)}.
   *
   * @param <T> what the call gives
   * @param call the call
   * @return the wrapped call
   */
  default <T extends @Nullable Object> Supplier<CompletableFuture<T>> decorate(
      Supplier<? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    return () -> execute(call);
  }

  /**
   * Wraps a call of one argument so that each run of it goes through {@link #execute(Supplier)}.
   *
   * @param <A> the argument
   * @param <T> what the call gives
   * @param call the call
   * @return the wrapped call
   */
  default <A extends @Nullable Object, T extends @Nullable Object>
      Function<A, CompletableFuture<T>> decorateFunction(
          Function<? super A, ? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    return argument -> execute(() -> call.apply(argument));
  }

  /**
   * Stacks policies, outermost first: {@code compose(retry, breaker, limiter)} retries what the
   * breaker let through and the limiter admitted. The stack adds no thread and keeps no state.
   *
   * @param outermost the policy that sees a call first and its outcome last
   * @param inner the others, in the order a call meets them
   * @return the stack, itself a policy
   */
  static AsyncPolicy compose(AsyncPolicy outermost, AsyncPolicy... inner) {
    requireNonNull(outermost, "outermost");
    AsyncPolicy stack = outermost;
    for (AsyncPolicy next : inner) {
      stack = new ComposedPolicy(stack, requireNonNull(next, "inner"));
    }
    return stack;
  }
}
