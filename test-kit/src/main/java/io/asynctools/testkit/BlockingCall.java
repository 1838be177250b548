package io.asynctools.testkit;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool.ManagedBlocker;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A call that blocks, on a thread of its own, under a {@link ManualTime}. {@link
 * ManualTime#startBlocking} starts it; {@link ManualTime#advance} lets it go on.
 *
 * <p>Each step ends when the call has ended or waits. So a test reads as if there were one thread:
 *
 * <pre>{@code
 * BlockingCall<Permit> call = time.startBlocking(limiter::acquireBlocking);
 * assertThat(call.isDone()).isFalse();
 * time.advance(Duration.ofSeconds(1));
 * Permit permit = call.result();
 * }</pre>
 *
 * <p>A wait for a {@link CompletableFuture}, as in all blocking forms of this library, is
 * recognized exactly. Any other wait, for a lock or a latch, counts if it lasts 100 ms of real
 * time.
 *
 * @param <T> what the call returns
 */
public final class BlockingCall<T extends @Nullable Object> {
  private static final long LASTING_NANOS = 100_000_000;
  private static final int FRAMES = 8;

  private final ManualTime time;
  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Thread thread;
  private boolean waited; // guarded by this; whether the last check found the thread in some wait
  private long waitsSince; // guarded by this; valid if waited

  BlockingCall(ManualTime time, Callable<? extends T> call) {
    this.time = time;
    this.thread =
        new Thread(
            () -> {
              try {
                outcome.complete(call.call());
              } catch (Throwable e) {
                outcome.completeExceptionally(e);
              }
            },
            "blocking call");
    thread.setDaemon(true); // a call that is left waiting keeps no virtual machine alive
  }

  void start() {
    thread.start();
  }

  /**
   * Waits until the call has ended or waits, and returns whether it has ended. Moves no time and
   * runs no tasks.
   *
   * @return whether the call has returned or thrown
   */
  public boolean isDone() {
    time.awaitCalls();
    return outcome.isDone();
  }

  /**
   * Runs the tasks that are due, and returns the result of the call. Moves no time.
   *
   * @return what the call returned
   * @throws Exception what the call threw, the same instance; an {@code Error} likewise
   * @throws IllegalStateException if the call still waits
   */
  public T result() throws Exception {
    time.runTasks();
    if (!outcome.isDone()) {
      throw new IllegalStateException("the call still waits, " + time + "; it is at " + place());
    }
    @Nullable Throwable thrown = outcome.handle((value, failure) -> failure).join();
    if (thrown instanceof Error error) {
      throw error;
    } else if (thrown instanceof Exception exception) {
      throw exception;
    }
    return outcome.join();
  }

  /** Interrupts the call's thread, and waits until the call has ended or waits again. */
  public void interrupt() {
    thread.interrupt();
    time.awaitCalls();
  }

  /**
   * Returns whether the call has ended, whether it waits, and where.
   *
   * @return one line
   */
  @Override
  public String toString() {
    if (!outcome.isDone()) {
      return "BlockingCall[state=" + thread.getState() + ", at=" + place() + "]";
    }
    return "BlockingCall[state=" + (outcome.isCompletedExceptionally() ? "FAILED" : "DONE") + "]";
  }

  private String place() {
    return Arrays.stream(thread.getStackTrace())
        .filter(frame -> !frame.getClassName().startsWith("java.util.concurrent."))
        .filter(frame -> !"java.base".equals(frame.getModuleName()))
        .limit(FRAMES)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" < "));
  }

  boolean isOn(Thread other) {
    return thread == other;
  }

  boolean hasEnded() {
    return outcome.isDone();
  }

  /** Whether the call has ended, or can go on only after another thread or a timer acts. */
  synchronized boolean isAtRest() {
    if (outcome.isDone()) {
      return true;
    }
    boolean waits = isWaiting() && !thread.isInterrupted();
    Object blocker = LockSupport.getBlocker(thread);
    waits &= isWaiting(); // again: between the two questions it may have gone on
    // Of a future this is true from its completion on, before the thread has noticed. The question
    // would take an interrupt of the thread that asks.
    if (waits
        && blocker instanceof ManagedBlocker future
        && !Thread.currentThread().isInterrupted()) {
      waited = false;
      return !future.isReleasable();
    }
    long now = System.nanoTime();
    if (!waits || !waited) {
      waitsSince = now;
    }
    waited = waits;
    return waits && now - waitsSince >= LASTING_NANOS;
  }

  private boolean isWaiting() {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING -> true;
      default -> false;
    };
  }

  /** What happened since counts: a wait has to last from now on. */
  synchronized void forgetWait() {
    waited = false;
  }
}
