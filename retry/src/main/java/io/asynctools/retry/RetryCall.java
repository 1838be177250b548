package io.asynctools.retry;

import io.asynctools.api.CheckedCallable;
import io.asynctools.api.spi.Countdown;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.TimedCall;
import io.asynctools.retry.RetryEvent.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The blocking form: attempts on the caller's own thread, which itself waits between them. Where
 * the time of a call that encloses this one has passed, nobody wants an outcome any more.
 */
final class RetryCall {
  private final RetryRules rules;
  private final RetryRun run;

  RetryCall(RetryRules rules) {
    this.rules = rules;
    this.run = new RetryRun(rules, rules.begin(), TimedCall::isLate);
  }

  <T extends @Nullable Object, X extends Exception> T attempts(AttemptCallable<? extends T, X> call)
      throws X, InterruptedException {
    while (true) {
      Outcome<T> outcome = attempt(call);
      if (isLast(outcome)) {
        run.concluded(outcome);
        Throwable thrown = outcome.error();
        if (thrown != null) {
          throw RetryCall.<X>asDeclared(thrown);
        }
        return outcome.value();
      }
      rules.drop(outcome.value());
      run.starts();
    }
  }

  private <T extends @Nullable Object, X extends Exception> Outcome<T> attempt(
      AttemptCallable<? extends T, X> call) {
    long nanos = run.attemptNanos();
    int number = run.attempt();
    if (nanos == RetryRules.UNLIMITED) {
      try {
        return new Outcome<>(call.call(run.context()), null);
      } catch (Throwable e) {
        return Outcome.failed(e);
      }
    }
    AtomicReference<@Nullable Object> given = new AtomicReference<>();
    CheckedCallable<T, X> remembered =
        () -> {
          T value = call.call(run.context());
          given.set(value);
          return value;
        };
    try {
      return new Outcome<>(
          TimedCall.<T, X>call(
              rules.time, rules.executor, nanos, () -> run.timeout(number), remembered),
          null);
    } catch (Throwable e) {
      rules.drop(given.get()); // given too late
      return Outcome.failed(e);
    }
  }

  /** Decides what follows an attempt, and waits if that is another one. */
  private boolean isLast(Outcome<?> outcome) throws InterruptedException {
    try {
      long nanos = run.next(outcome);
      return nanos == RetryRun.NO_RETRY || isTooLateAfter(nanos);
    } catch (Throwable e) { // an interrupt, or a clock that throws: the caller gets no result
      rules.drop(outcome.value());
      run.ended(Failures.isCancel(e) ? Kind.CANCELLED : Kind.NOT_RETRYABLE, e);
      throw e;
    }
  }

  private boolean isTooLateAfter(long nanos) throws InterruptedException {
    if (nanos > 0) {
      pause(nanos);
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return run.isTooLate();
  }

  /**
   * The timer's own thread may wake us: that runs nobody's code. Waits on a future, as all blocking
   * forms do: a test that moves the time sees exactly when such a wait is over.
   */
  private void pause(long nanos) throws InterruptedException {
    CompletableFuture<Boolean> passed = new CompletableFuture<>();
    Countdown countdown =
        Countdown.start(rules.time, Runnable::run, nanos, () -> passed.complete(true));
    try {
      passed.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // nothing fails it
    } finally {
      countdown.cancel();
    }
  }

  /**
   * An attempt ends with an X, with something unchecked, or with a {@link TimeoutException}, or an
   * {@link InterruptedException} of a policy inside, which X may not be: the compiler is told X,
   * and all are passed on as they are.
   */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X asDeclared(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
