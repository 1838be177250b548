package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.CheckedCallable;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.Logged;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A blocking call's time-out is its outcome; it interrupts the call, and leaves no interrupt
 * behind.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
class TimedCallTest extends TimedCalls {

  // ---- In time

  @Test
  void aCallInTimeGivesItsValue() throws Exception {
    assertThat(
            timed(
                () -> {
                  pass(LIMIT.minusNanos(1));
                  return "v";
                }))
        .isEqualTo("v");
    pass(LIMIT); // the countdown is off
    assertThat(isInterrupted()).isFalse();
    assertThat(TimedCallTest.this.<@Nullable String, RuntimeException>timed(() -> null)).isNull();
  }

  @Test
  void aCallInTimeThrowsItsOwnException() {
    for (Throwable own :
        List.of(new IOException("down"), new AssertionError("e"), new TimeoutException("own"))) {
      assertThatExceptionOfType(Throwable.class)
          .isThrownBy(
              () ->
                  timed(
                      () -> {
                        throw sneaky(own);
                      }))
          .isSameAs(own);
      assertThat(time.pending()).isZero();
    }
  }

  private static Exception sneaky(Throwable error) {
    if (error instanceof Error fatal) {
      throw fatal;
    }
    return (Exception) error;
  }

  @Test
  void anInterruptFromElsewhereIsTheCallsOwn() {
    InterruptedException own = new InterruptedException();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      throw own;
                    }))
        .isSameAs(own);
  }

  @Test
  void anInterruptFromElsewhereThatACallInTimeDidNotConsumeStays() throws Exception {
    timed(
        () -> {
          Thread.currentThread().interrupt();
          return "v";
        });
    assertThat(Thread.interrupted()).isTrue();
  }

  // ---- Late

  @Test
  void aLateCallIsInterruptedAndEndsWithTheTimeOut() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      pass(LIMIT);
                      block();
                      throw new AssertionError("not interrupted");
                    }))
        .isSameAs(late);
  }

  @Test
  void aThreadThatBlocksAlreadyIsInterrupted() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CompletableFuture<Void> caller =
        Others.start(
            () -> {
              assertThatExceptionOfType(TimeoutException.class)
                  .isThrownBy(
                      () ->
                          timed(
                              () -> {
                                inside.countDown();
                                block();
                                return "never";
                              }))
                  .isSameAs(late);
              assertThat(isInterrupted()).isFalse();
              assertThat(TimedCall.enclosing()).isNull();
            });
    Others.await(inside);
    pass(LIMIT);
    Others.join(caller);
  }

  @Test
  void aLateCallThatSwallowsTheInterruptEndsWithTheTimeOutWhateverItDoes() {
    List<CheckedCallable<String, Exception>> calls =
        List.of(
            () -> "a value after all",
            () -> {
              throw new IOException("of its own");
            },
            () -> {
              Thread.interrupted();
              return "consumed by hand";
            },
            () -> {
              throw new IllegalStateException("of its own");
            });
    for (CheckedCallable<String, Exception> call : calls) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(
              () ->
                  timed(
                      () -> {
                        pass(LIMIT);
                        return call.call();
                      }))
          .isSameAs(late);
      assertThat(isInterrupted()).isFalse();
    }
  }

  /** As careful code does: it says again that it was interrupted, and throws. */
  @Test
  void anInterruptThatTheCallSetAgainIsWithdrawn() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      pass(LIMIT);
                      try {
                        block();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw e;
                      }
                      return "never";
                    }))
        .isSameAs(late);
    assertThat(isInterrupted()).isFalse();
  }

  @Test
  void anErrorOfALateCallComesOut() {
    AssertionError error = new AssertionError("fatal");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      pass(LIMIT);
                      throw error;
                    }))
        .isSameAs(error);
  }

  @Test
  void aCallWithNoTimeAtAllIsLateAtOnce() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    Duration.ZERO,
                    late,
                    () -> {
                      pass(Duration.ZERO);
                      return "v";
                    }))
        .isSameAs(late);
  }

  @Test
  void anExecutorThatRejectsInterruptsOnTheTimersThread() {
    Executor rejects =
        task -> {
          throw new RejectedExecutionException("full");
        };
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                TimedCall.call(
                    time,
                    rejects,
                    LIMIT.toNanos(),
                    () -> late,
                    () -> {
                      pass(LIMIT);
                      assertThat(isInterrupted()).isTrue();
                      return "v";
                    }))
        .isSameAs(late);
  }

  /** An executor whose threads are all in such calls would keep them there. */
  @Test
  void theInterruptNeedsNoExecutor() {
    List<Runnable> tasks = new ArrayList<>();
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                TimedCall.<String, Exception>call(
                    time,
                    tasks::add,
                    LIMIT.toNanos(),
                    () -> late,
                    () ->
                        PermittedCall.<String, Exception>call(
                            permit("inside"),
                            () -> {
                              pass(LIMIT);
                              block();
                              return "never";
                            })))
        .isSameAs(late);
    assertThat(events).as("by the call's own end").containsExactly("inside failure " + late);
    assertThat(tasks).hasSize(1);
    tasks.get(0).run();
    assertThat(events).as("told too late, so not at all").hasSize(1);
    assertThat(isInterrupted()).isFalse();
  }

  /** Promises: All 4. */
  @Test
  void anExecutorThatRejectsIsLoggedAndThePermitHearsWhenItsCallEnds() {
    RejectedExecutionException full = new RejectedExecutionException("full");
    try (Logged log = new Logged()) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(
              () ->
                  TimedCall.call(
                      time,
                      task -> {
                        throw full;
                      },
                      LIMIT.toNanos(),
                      () -> late,
                      () ->
                          PermittedCall.call(
                              permit("inside"),
                              () -> {
                                pass(LIMIT);
                                return "v";
                              })))
          .isSameAs(late);
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(full);
    }
    assertThat(events).containsExactly("inside failure " + late);
  }

  /** A call that lives for long may run many under a permit: what has ended is not kept. */
  @Test
  void aTimeOutThatNobodyIsToHearOfAsksForNoExecutor() {
    List<Runnable> tasks = new ArrayList<>();
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                TimedCall.call(
                    time,
                    tasks::add,
                    LIMIT.toNanos(),
                    () -> late,
                    () -> {
                      PermittedCall.call(permit("over"), () -> "in time");
                      pass(LIMIT);
                      return "v";
                    }));
    assertThat(tasks).isEmpty();
  }

  @Test
  void anExceptionThatCannotBeMadeIsReplaced() {
    IllegalStateException broken = new IllegalStateException("no words");
    try (Logged log = new Logged()) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(
              () ->
                  TimedCall.call(
                      time,
                      Runnable::run,
                      LIMIT.toNanos(),
                      () -> {
                        throw broken;
                      },
                      () -> {
                        pass(LIMIT);
                        return "v";
                      }));
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(broken);
    }
  }

  @Test
  void aTimerThatCannotBeSetStartsNoCall() {
    TimeSource shutDown =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            throw new IllegalStateException("shut down");
          }
        };
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                TimedCall.call(shutDown, Runnable::run, 1, () -> late, () -> events.add("started")))
        .withMessage("shut down");
    assertThat(events).isEmpty();
  }

  @Test
  void nullIsRefusedAtOnce() {
    assertThatNullPointerException()
        .isThrownBy(() -> TimedCall.call(time, Runnable::run, 1, null, () -> "v"));
    assertThatNullPointerException()
        .isThrownBy(() -> TimedCall.call(time, Runnable::run, 1, () -> late, null));
    assertThatNullPointerException()
        .isThrownBy(() -> TimedCall.call(time, null, 1, () -> late, () -> "v"));
    assertThatNullPointerException()
        .isThrownBy(() -> TimedCall.call(null, Runnable::run, 1, () -> late, () -> "v"));
  }

  // ---- Whether it is late

  @Test
  void codeInsideCanAskWhetherItIsLate() {
    assertThat(TimedCall.isLate()).isFalse();
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      assertThat(TimedCall.isLate()).isFalse();
                      pass(LIMIT);
                      assertThat(TimedCall.isLate()).isTrue();
                      return "v";
                    }));
    assertThat(TimedCall.isLate()).isFalse();
  }

  @Test
  void codeInsideIsLateIfAnyCallAroundItIs() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    LIMIT,
                    outerLate,
                    () ->
                        timed(
                            LONGER,
                            late,
                            () -> {
                              pass(LIMIT);
                              assertThat(TimedCall.isLate()).isTrue();
                              return "v";
                            })))
        .isSameAs(outerLate);
  }
}
