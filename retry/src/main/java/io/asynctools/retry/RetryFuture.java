package io.asynctools.retry;

import io.asynctools.api.spi.ContextLoader;
import io.asynctools.api.spi.Countdown;
import io.asynctools.api.spi.GuardedFuture;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code execute} returns where the first attempt did not succeed at once: makes the attempts,
 * one after another, and carries an ending from outside to whatever goes on.
 *
 * <p><b>Who goes on.</b> There is one attempt at a time, and one thread that acts on it: the one
 * that starts it, until it has settled down to listen; then the one that ends it ({@link Attempt}
 * has that race); then, after a wait, the one that the wait's countdown runs on. Each hands over to
 * the next through something that orders memory (a compare-and-set, a timer, an executor), so that
 * {@code run} and {@code call} need no care of their own. Attempts that end as they start are made
 * in a loop and not inside one another.
 *
 * <p><b>Who ends it.</b> Whoever first puts something into {@code over}: {@link #DONE} from inside,
 * {@link #CANCELLED} or the exception from outside. The one inside writes {@code current} and then
 * looks at {@code over} before it goes on; the one outside writes {@code over} and then looks at
 * {@code current}. Both are volatile, so at least one of them sees the other and stops the attempt.
 * Stopping it twice does no harm.
 */
final class RetryFuture<T extends @Nullable Object> extends GuardedFuture<T> {
  @SuppressWarnings("StaticAssignmentOfThrowable")
  private static final Throwable DONE = new CancellationException(); // marks, never thrown

  @SuppressWarnings("StaticAssignmentOfThrowable")
  private static final Throwable CANCELLED = new CancellationException();

  private static final VarHandle OVER;

  static {
    try {
      OVER = MethodHandles.lookup().findVarHandle(RetryFuture.class, "over", Throwable.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final RetryRun run;
  final RetryRules rules;
  private final Function<? super RetryAttempt, ? extends CompletionStage<T>> call;
  private final @Nullable ClassLoader context = ContextLoader.current(); // the caller's
  private boolean onExecutor; // an attempt follows off the caller's thread; handed over like run
  private volatile @Nullable Attempt<T> current;
  private volatile @Nullable Throwable over;

  RetryFuture(
      RetryRules rules,
      long begun,
      Function<? super RetryAttempt, ? extends CompletionStage<T>> call) {
    this.rules = rules;
    this.run = new RetryRun(rules, begun, this::isOver);
    this.call = call;
  }

  /** Starts an attempt; what goes wrong at that is its outcome. */
  static <T extends @Nullable Object> CompletionStage<T> start(
      Supplier<? extends CompletionStage<T>> call) {
    try {
      CompletionStage<T> stage = call.get();
      if (stage == null) {
        throw new NullPointerException("the call gave null in place of a CompletionStage");
      }
      return stage;
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Goes on from an attempt that was just started, until something is to be waited for. */
  void follow(@Nullable CompletionStage<T> started) {
    try {
      CompletionStage<T> stage = started;
      while (stage != null) {
        Attempt<T> attempt = new Attempt<>(this, stage, run.attempt());
        current = attempt;
        Throwable ended = over;
        if (ended != null) { // while it was started
          attempt.stopAtOnce(failureOf(ended));
          return;
        }
        stage = attempt.hasEnded() && isNextDue(attempt) ? startNext(attempt) : null;
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  /**
   * What follows an attempt that has ended: the end of this future, a wait, or, if this is true,
   * the next attempt at once.
   */
  private boolean isNextDue(Attempt<T> ended) {
    if (isOver()) {
      ended.drop();
      return false;
    }
    Outcome<T> outcome = ended.outcome();
    long nanos = run.next(outcome);
    if (nanos == RetryRun.NO_RETRY) {
      conclude(ended);
      return false;
    }
    return nanos == 0 || ended.pause(nanos);
  }

  /** The stage of the next attempt; null if there is to be none. */
  private @Nullable CompletionStage<T> startNext(Attempt<T> last) {
    if (run.isTooLate()) {
      conclude(last);
      return null;
    }
    last.drop();
    run.starts();
    RetryAttempt next = run.context();
    Countdown guard = onExecutor ? guardStart(next.number()) : null;
    CompletionStage<T> stage = start(() -> call.apply(next));
    if (guard != null) {
      guard.cancel();
    }
    return stage;
  }

  /**
   * Has this future end when the total time passes while a start blocks its thread; once that start
   * comes back, its stage is ended likewise.
   */
  private @Nullable Countdown guardStart(int attempt) {
    if (!rules.hasDeadline()) {
      return null;
    }
    return countDown(
        run.nanosLeft(),
        () -> {
          TimeoutException late = run.timeout(attempt);
          if (OVER.compareAndSet(this, null, late)) {
            run.ended(RetryEvent.Kind.TIME_EXHAUSTED, late);
            finishExceptionally(late);
          }
        });
  }

  /** After a wait, on the executor. */
  void goOn(Attempt<T> last) {
    ContextLoader.run(context, () -> goOnInContext(last));
  }

  private void goOnInContext(Attempt<T> last) {
    onExecutor = true;
    CompletionStage<T> stage;
    try {
      stage = startNext(last);
    } catch (Throwable e) {
      fail(e);
      return;
    }
    follow(stage);
  }

  /** Inside somebody else's completion, where no attempt must start. */
  void goOnElsewhere(Attempt<T> ended) {
    ContextLoader.run(context, () -> goOnElsewhereInContext(ended));
  }

  private void goOnElsewhereInContext(Attempt<T> ended) {
    try {
      if (!isNextDue(ended)) {
        return;
      }
    } catch (Throwable e) {
      fail(e);
      return;
    }
    AtomicBoolean gone = new AtomicBoolean(); // once, should an executor reject what it has run
    Runnable once =
        () -> {
          if (gone.compareAndSet(false, true)) {
            goOn(ended);
          }
        };
    try {
      rules.executor.execute(once);
    } catch (Throwable e) { // rejected
      once.run();
    }
  }

  Countdown countDown(long nanos, Runnable action) {
    return Countdown.start(rules.time, rules.executor, nanos, action);
  }

  // ---- The end

  boolean isOver() {
    return over != null;
  }

  private void conclude(Attempt<T> last) {
    Outcome<T> outcome = last.outcome();
    if (!OVER.compareAndSet(this, null, DONE)) {
      last.drop();
    } else {
      current = null;
      run.concluded(outcome);
      Throwable error = outcome.error();
      if (error == null) {
        finish(outcome.value());
      } else {
        finishExceptionally(error);
      }
    }
  }

  /** The machinery itself failed: a time source that throws, no memory. */
  private void fail(Throwable error) {
    if (OVER.compareAndSet(this, null, DONE)) {
      stop(null);
      run.ended(RetryEvent.Kind.NOT_RETRYABLE, error);
      finishExceptionally(error);
    }
  }

  @Override
  protected boolean endFromOutside(@Nullable Throwable failure) {
    if (!OVER.compareAndSet(this, null, failure == null ? CANCELLED : failure)) {
      return false;
    }
    ContextLoader.run(
        context,
        () -> {
          stop(failure);
          run.ended(RetryEvent.Kind.CANCELLED, failure);
        });
    return true;
  }

  /** A result that came after its attempt's time-out. */
  void dropLate(@Nullable Object result) {
    ContextLoader.run(context, () -> rules.drop(result));
  }

  private void stop(@Nullable Throwable failure) {
    Attempt<T> attempt = current;
    if (attempt != null) {
      attempt.stop(failure);
    }
  }

  /** What {@link #endFromOutside} was told, from what it left in {@code over}. */
  private static @Nullable Throwable failureOf(Throwable over) {
    return over == CANCELLED || over == DONE ? null : over;
  }

  static void end(CompletionStage<?> stage, @Nullable Throwable failure) {
    endStage(stage, failure);
  }
}
