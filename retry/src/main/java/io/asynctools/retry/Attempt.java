package io.asynctools.retry;

import io.asynctools.api.spi.Countdown;
import io.asynctools.api.spi.Failures;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of an asynchronous call: its stage, its time limit, and the wait that follows it.
 *
 * <p>{@code state} is {@code null} while the one who started the attempt settles down to listen,
 * then {@link #RUNNING}, then its {@link Outcome}, for ever; every step is a compare-and-set. An
 * outcome that comes before RUNNING is for the starter to go on from, on its own thread, in a loop;
 * one that comes later is for the one who brings it: the stage, or the time limit.
 *
 * <p>{@code limit} and {@code pause} are each written by one thread, which then looks whether
 * somebody meanwhile ended the attempt, or the future; the one who does that writes first and then
 * looks at them. All are volatile, so at least one of the two calls the countdown off.
 */
final class Attempt<T extends @Nullable Object> implements BiConsumer<T, @Nullable Throwable> {
  private static final Object RUNNING = "running";
  private static final VarHandle STATE;
  private static final VarHandle HEARD;
  private static final VarHandle DROPPED;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Attempt.class, "state", Object.class);
      HEARD = MethodHandles.lookup().findVarHandle(Attempt.class, "heard", boolean.class);
      DROPPED = MethodHandles.lookup().findVarHandle(Attempt.class, "dropped", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RetryFuture<T> owner;
  private final CompletionStage<T> stage;
  private final int number;
  private volatile @Nullable Object state;
  private volatile @Nullable Countdown limit;
  private volatile @Nullable Countdown pause;
  private @Nullable Thread pausing; // the thread inside pause(), written and read by it alone
  private boolean pauseEndedInside;

  @SuppressWarnings("unused") // by HEARD: the stage has completed; one that does so twice is odd
  private volatile boolean heard;

  @SuppressWarnings("unused") // by DROPPED: the result was passed to the listeners
  private volatile boolean dropped;

  Attempt(RetryFuture<T> owner, CompletionStage<T> stage, int number) {
    this.owner = owner;
    this.stage = stage;
    this.number = number;
  }

  /** Listens for the outcome, and sets the time limit; true if the outcome is there already. */
  boolean hasEnded() {
    if (!isRunning()) {
      return true;
    }
    long nanos = owner.run.attemptNanos();
    if (nanos != RetryRules.UNLIMITED) {
      Countdown set = owner.countDown(nanos, this::timeOut);
      limit = set;
      if (state != RUNNING || owner.isOver()) {
        set.cancel();
      }
    }
    return false;
  }

  private boolean isRunning() {
    try {
      stage.whenComplete(this);
    } catch (Throwable e) { // not from a stage of the JDK
      boolean unused = STATE.compareAndSet(this, null, Outcome.<T>failed(e));
    }
    return STATE.compareAndSet(this, null, RUNNING);
  }

  /** The future was ended while this attempt was started: only a result is of interest now. */
  void stopAtOnce(@Nullable Throwable failure) {
    stop(failure);
    if (!isRunning()) {
      drop();
    }
  }

  /** Passes the result on to who wants it, once, if there is one: the caller does not get it. */
  void drop() {
    if (state instanceof Outcome<?> ended
        && ended.error() == null
        && DROPPED.compareAndSet(this, false, true)) {
      owner.rules.drop(ended.value());
    }
  }

  /** How it ended; only once it has. */
  @SuppressWarnings("unchecked") // state is null, RUNNING or an outcome of this type
  Outcome<T> outcome() {
    Object ended = state;
    if (ended == null || ended == RUNNING) {
      throw new IllegalStateException("the attempt has not ended");
    }
    return (Outcome<T>) ended;
  }

  /** The stage has completed. */
  @Override
  public void accept(T value, @Nullable Throwable thrown) {
    if (!HEARD.compareAndSet(this, false, true)) {
      return;
    }
    Outcome<T> outcome = new Outcome<>(value, thrown == null ? null : Failures.unwrap(thrown));
    if (STATE.compareAndSet(this, null, outcome)) {
      return;
    }
    if (STATE.compareAndSet(this, RUNNING, outcome)) {
      cancel(limit);
      owner.goOnElsewhere(this);
    } else if (thrown == null) {
      owner.dropLate(value);
    }
  }

  /** The time has passed: that is the outcome, and the stage, with all inside, hears it at once. */
  private void timeOut() {
    TimeoutException late = owner.run.timeout(number);
    if (STATE.compareAndSet(this, RUNNING, Outcome.<T>failed(late))) {
      RetryFuture.end(stage, late);
      owner.goOnElsewhere(this);
    }
  }

  /**
   * Waits, and has the owner go on when the time has passed; true if it has passed already. That
   * happens where a time source rings at once and an executor runs in place: going on from there
   * would nest attempt in attempt.
   */
  boolean pause(long nanos) {
    pausing = Thread.currentThread();
    Countdown set;
    try {
      set = owner.countDown(nanos, this::endPause);
    } finally {
      pausing = null;
    }
    pause = set;
    if (owner.isOver()) {
      set.cancel();
    }
    return pauseEndedInside;
  }

  private void endPause() {
    if (pausing == Thread.currentThread()) {
      pauseEndedInside = true;
    } else {
      owner.goOn(this);
    }
  }

  /** The future was ended: whatever of this attempt goes on is for nobody. */
  void stop(@Nullable Throwable failure) {
    cancel(limit);
    cancel(pause);
    RetryFuture.end(stage, failure);
    drop();
  }

  private static void cancel(@Nullable Countdown countdown) {
    if (countdown != null) {
      countdown.cancel();
    }
  }
}
