package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.CheckedCallable;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * Calls with a time-out, for tests. Time passes on the call's own thread, when the call says so,
 * and what expires runs in place: the interrupt is there when {@code pass} comes back.
 */
abstract class TimedCalls {
  static final Duration LIMIT = Duration.ofSeconds(1);
  static final Duration LONGER = Duration.ofSeconds(5);

  final ManualTime time = new ManualTime(Long.MAX_VALUE - 100);
  final List<String> events = new CopyOnWriteArrayList<>();
  final TimeoutException late = new TimeoutException("late");
  final TimeoutException outerLate = new TimeoutException("outer late");

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(Thread.interrupted()).as("an interrupt after the call").isFalse();
    assertThat(TimedCall.enclosing()).as("what this thread still refers to").isNull();
    assertThat(time.pending()).as("timers").isZero();
  }

  final <T extends @Nullable Object, X extends Exception> T timed(
      CheckedCallable<? extends T, X> call) throws X, TimeoutException {
    return timed(LIMIT, late, call);
  }

  final <T extends @Nullable Object, X extends Exception> T timed(
      Duration limit, TimeoutException error, CheckedCallable<? extends T, X> call)
      throws X, TimeoutException {
    return TimedCall.call(time, Runnable::run, limit.toNanos(), () -> error, call);
  }

  final void pass(Duration duration) {
    time.advance(duration);
  }

  /** Blocks, which an interrupt that is there already ends at once. */
  static void block() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  final Recorded.Outcome permit(String name) {
    return new Recorded.Outcome(events) {
      @Override
      void add(String event) {
        super.add(name + " " + event);
      }
    };
  }
}
