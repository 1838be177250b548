package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code execute} returns: starts the call once it is admitted, carries its outcome out,
 * carries an ending from outside in, and ends its permit exactly once, when the call's stage
 * completes.
 *
 * <p>{@code state} tells who ends it, by compare-and-set: {@code null} (not started), {@link
 * #RUNNING}, then {@link #DONE} by the call, or an {@link Ending} by somebody outside. The one who
 * starts the call writes {@code stage} and then looks at {@code state}; the one who ends it writes
 * {@code state} and then looks at {@code stage}; both are volatile, so at least one of them sees
 * the other and passes the ending on. Passing it on twice does no harm.
 */
final class CallFuture<T extends @Nullable Object> extends GuardedFuture<T>
    implements BiConsumer<T, @Nullable Throwable> {
  private static final Object RUNNING = "running";
  private static final Object DONE = "done";

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(CallFuture.class, "state", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final boolean endsCall; // whether an ending from outside is passed on to the call
  private @Nullable Supplier<? extends CompletionStage<T>> call; // until started
  private @Nullable Permit permit; // written before RUNNING
  private @Nullable Waiter waiter; // written before the waiter joins its line
  private volatile @Nullable CompletionStage<T> stage;
  private volatile @Nullable Object state;

  CallFuture(Supplier<? extends CompletionStage<T>> call, boolean endsCall) {
    this.call = call;
    this.endsCall = endsCall;
  }

  void waitsAs(Waiter waiter) {
    this.waiter = waiter;
  }

  /**
   * Starts the call on this thread.
   *
   * @return false if the future was ended before; the permit is then the caller's to give back
   */
  boolean start(Permit permit) {
    Supplier<? extends CompletionStage<T>> starter = call;
    this.permit = permit;
    if (starter == null || !STATE.compareAndSet(this, null, RUNNING)) {
      return false;
    }
    call = null;
    waiter = null;
    try {
      CompletionStage<T> started = starter.get();
      if (started == null) {
        throw new NullPointerException("the call gave null in place of a CompletionStage");
      }
      stage = started;
      if (endsCall && state instanceof Ending ended) {
        endStage(started, ended.failure);
      }
      started.whenComplete(this);
    } catch (Throwable e) {
      fail(e);
    }
    return true;
  }

  /** The call was not admitted. */
  void refused(Throwable error) {
    if (STATE.compareAndSet(this, null, DONE)) {
      finishExceptionally(error);
    }
  }

  /** The call's stage has completed, which ends the permit, whoever ended this future. */
  @Override
  public void accept(T value, @Nullable Throwable thrown) {
    if (thrown != null) {
      fail(Failures.unwrap(thrown));
    } else if (STATE.compareAndSet(this, RUNNING, DONE)) {
      recordValue(permit, value);
      finish(value);
    } else {
      recordEnding();
    }
  }

  private void fail(Throwable error) {
    if (STATE.compareAndSet(this, RUNNING, DONE)) {
      record(permit, error);
      finishExceptionally(error);
    } else {
      recordEnding();
    }
  }

  /** Ended from outside: that is the outcome, now that the call is over. */
  private void recordEnding() {
    if (state instanceof Ending ended) {
      ended.over(permit);
    }
  }

  @Override
  protected boolean endFromOutside(@Nullable Throwable failure) {
    Ending ended = new Ending(failure);
    if (STATE.compareAndSet(this, null, ended)) {
      Waiter waiting = waiter;
      if (waiting != null) {
        waiting.line.leave(waiting);
      }
      return true;
    }
    if (!STATE.compareAndSet(this, RUNNING, ended)) {
      return false;
    }
    ended.tell(permit);
    CompletionStage<T> running = stage;
    if (endsCall && running != null) {
      endStage(running, failure);
    }
    return true;
  }

  /** Ends a permit by the value that its call gave. */
  static void recordValue(@Nullable Permit permit, @Nullable Object value) {
    try {
      if (permit instanceof OutcomePermit told) {
        told.recordResult(value);
      } else if (permit != null) {
        permit.recordSuccess();
      }
    } catch (Throwable e) {
      threw(permit, e);
    }
  }

  /** Ends a permit by how its call failed: a cancel and an interrupt are nobody's failure. */
  static void record(@Nullable Permit permit, Throwable error) {
    if (permit == null) {
      return;
    }
    try {
      if (Failures.isCancel(error)) {
        permit.release();
      } else {
        permit.recordFailure(error);
      }
    } catch (Throwable e) {
      threw(permit, e);
    }
  }

  /**
   * Ends a permit by what a blocking call threw on this thread. If the thread is interrupted, the
   * exception says nothing about the callee: blocking code sets the flag again and throws an
   * exception of its own. The flag was not set when the call started, or the call would not have.
   */
  static void recordThrown(Permit permit, Throwable error) {
    if (error instanceof Error || !Thread.currentThread().isInterrupted()) {
      record(permit, error);
      return;
    }
    try {
      permit.release();
    } catch (Throwable e) {
      threw(permit, e);
    }
  }

  static void threw(@Nullable Permit permit, Throwable error) {
    String type = permit == null ? "null" : permit.getClass().getName(); // its words may throw too
    Failures.log("a permit threw when it was ended: " + type, error);
  }
}
