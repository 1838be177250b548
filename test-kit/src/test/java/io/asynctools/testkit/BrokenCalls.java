package io.asynctools.testkit;

import static io.asynctools.testkit.Broken.outOfReach;
import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.GuardedFuture;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.Broken.OfSemaphore;
import io.asynctools.testkit.Broken.WithBlocking;
import io.asynctools.testkit.Broken.WithCall;
import io.asynctools.testkit.Broken.WithExecute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limiters that break one promise each of what they do with calls. Run by {@link ContractTest}
 * alone.
 */
final class BrokenCalls {
  private BrokenCalls() {}

  /** All 4: what execute gives is a copy, whose cancel reaches nobody. */
  static class DoesNotCancelInwards extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      return outOfReach(semaphore.execute(permits, call));
    }
  }

  /** All 4: a call that was cancelled and runs on holds nothing any more. */
  static class FreesWhatRunsOn extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      requireNonNull(call);
      return semaphore.execute(
          permits,
          () -> {
            CompletionStage<T> running = call.get();
            return running instanceof CompletableFuture<T> future
                    && future.getClass() != CompletableFuture.class
                ? outOfReach(future) // can be cancelled, while the real one runs on
                : running;
          });
    }
  }

  /** All 4: a call that has timed out and runs on holds nothing any more; a cancelled one does. */
  static class FreesWhatTimesOut extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      requireNonNull(call);
      return semaphore.execute(
          permits,
          () -> {
            CompletionStage<T> running = call.get();
            return running instanceof RunsOn ? endedByExceptionsOnly(running) : running;
          });
    }

    private static <T extends @Nullable Object> CompletableFuture<T> endedByExceptionsOnly(
        CompletionStage<T> running) {
      return new GuardedFuture<>() {
        {
          running.thenAccept(this::finish);
        }

        @Override
        protected boolean endFromOutside(@Nullable Throwable failure) {
          return failure != null;
        }
      };
    }
  }

  /** A call costs one permit, whatever it says. */
  static class ChargesOneForAnyCall extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      return semaphore.execute(permits == 2 ? 1 : permits, call);
    }
  }

  /** All 6: a call's permit is lost if its supplier or its stage fails. */
  static class LeaksTheCallThatFails extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      CompletableFuture<T> result = semaphore.execute(permits, call);
      if (result.isCompletedExceptionally() && !result.isCancelled()) {
        semaphore.take(permits);
      }
      return result;
    }
  }

  /** All 6: what a supplier throws is thrown from execute. */
  static class ThrowsWhatASupplierThrows extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      CompletableFuture<T> result = semaphore.execute(permits, call);
      if (result.isCompletedExceptionally() && !result.isCancelled()) {
        Throwable error = Trial.failure(result);
        if (error instanceof IllegalStateException) {
          throw (IllegalStateException) error;
        }
      }
      return result;
    }
  }

  /** All 6: the cause stays wrapped in what a dependent stage would wrap it in. */
  static class WrapsTheCause extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      CompletableFuture<T> result = semaphore.execute(permits, call);
      return result.isDone()
          ? outOfReach(
              result, (copy, error) -> copy.completeExceptionally(new CompletionException(error)))
          : result;
    }
  }

  /** A call's value gets lost. */
  static class LosesTheValue extends WithExecute {
    @Override
    <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits) {
      CompletableFuture<T> result = semaphore.execute(permits, call);
      return result.isDone() && !result.isCompletedExceptionally()
          ? CompletableFuture.completedFuture(null)
          : result;
    }
  }

  /** All 10: close ends the calls that run. */
  static class EndsRunningCallsAtClose extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        private final List<CompletableFuture<?>> running = new ArrayList<>();

        @Override
        public <T extends @Nullable Object> CompletableFuture<T> execute(
            Supplier<? extends CompletionStage<T>> call) {
          CompletableFuture<T> result = super.execute(call);
          if (to.waiters() == 0) {
            running.add(result);
          }
          return result;
        }

        @Override
        public void close() {
          super.close();
          running.forEach(call -> call.cancel(true));
        }
      };
    }
  }

  /** All 11: one who is interrupted stays in line. */
  static class LeavesTheInterruptedInLine extends WithBlocking {
    @Override
    Permit waitFor(CompletableFuture<Permit> permit)
        throws InterruptedException, ExecutionException {
      if (Thread.interrupted()) {
        permit.join().release();
        throw new InterruptedException();
      }
      return permit.get();
    }
  }

  /** All 11: an interrupt counts only where there is a wait. */
  static class AdmitsTheInterrupted extends WithBlocking {
    @Override
    Permit waitFor(CompletableFuture<Permit> permit)
        throws InterruptedException, ExecutionException {
      try {
        return permit.get();
      } catch (InterruptedException e) {
        permit.cancel(false);
        throw e;
      }
    }
  }

  /** All 8 and 11: a blocking wait is as long as it takes. */
  static class BlocksForEver extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public Permit acquireBlocking(long n, Duration maxWait) throws InterruptedException {
          return super.acquireBlocking(n, maxWait.isNegative() ? maxWait : Trial.LONG);
        }
      };
    }
  }

  /** All 11: a call's own exception comes out wrapped. */
  static class WrapsWhatACallThrows extends WithCall {
    @Override
    <T extends @Nullable Object> T run(CheckedCallable<? extends T, ?> call) {
      try {
        return call.call();
      } catch (Throwable e) {
        throw new CompletionException(e);
      }
    }
  }

  /** All 11: a call runs on a thread of the limiter's. */
  static class RunsCallsElsewhere extends WithCall {
    @Override
    <T extends @Nullable Object> T run(CheckedCallable<? extends T, ?> call) {
      CompletableFuture<T> result = new CompletableFuture<>();
      Aside.daemon(
              () -> {
                try {
                  result.complete(call.call());
                } catch (Throwable e) {
                  result.completeExceptionally(e);
                }
              })
          .start();
      try {
        return result.join();
      } catch (CompletionException e) {
        throw sneaky(e.getCause());
      }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X sneaky(Throwable error) throws X {
      throw (X) error;
    }
  }
}
