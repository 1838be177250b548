package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Waits on the calling thread for what {@code acquire} gave, and gives up cleanly: for limiters
 * that do not extend {@link RateLimiterBase}, which has its own blocking forms.
 */
public final class BlockingWait {
  private BlockingWait() {}

  /**
   * Asks for a permit and waits for it.
   *
   * @param acquire asks; not called if the thread is interrupted on entry
   * @return the permit
   * @throws InterruptedException if the thread was interrupted on entry or while it waited; what it
   *     had asked for is given back. A grant that came first is returned, and the interrupt kept
   * @throws RuntimeException what ended the future, unwrapped; an {@code Error} likewise
   */
  public static Permit permitOf(Supplier<CompletableFuture<Permit>> acquire)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(); // before anything was asked for
    }
    CompletableFuture<Permit> permit = acquire.get();
    try {
      return permit.get();
    } catch (InterruptedException e) {
      if (permit.cancel(true)) {
        throw e;
      }
    } catch (ExecutionException e) {
      throw causeOf(e);
    }
    // The grant, or the refusal, came before the interrupt: it is the answer, and the interrupt is
    // for what comes next.
    try {
      return permit.join();
    } catch (CompletionException e) {
      throw causeOf(e);
    } finally {
      Thread.currentThread().interrupt();
    }
  }

  private static RuntimeException causeOf(Exception wrapper) {
    Throwable cause = wrapper.getCause();
    if (cause instanceof RuntimeException unchecked) {
      return unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new CompletionException(cause == null ? wrapper : cause);
  }
}
