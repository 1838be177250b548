package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.CheckedCallable;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A blocking call's time-out is its outcome, inside too, and its interrupt never arrives after it.
 * Time passes on the call's own thread, when the call says so, and what expires runs in place: the
 * interrupt is there when {@code pass} comes back.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
class TimedCallTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration LONGER = Duration.ofSeconds(5);

  private final ManualTime time = new ManualTime(Long.MAX_VALUE - 100);
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final TimeoutException late = new TimeoutException("late");
  private final TimeoutException outerLate = new TimeoutException("outer late");

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(Thread.interrupted()).as("an interrupt after the call").isFalse();
    assertThat(TimedCall.enclosing()).as("what this thread still refers to").isNull();
    assertThat(time.pending()).as("timers").isZero();
  }

  private <T extends @Nullable Object, X extends Exception> T timed(
      CheckedCallable<? extends T, X> call) throws X, TimeoutException {
    return timed(LIMIT, late, call);
  }

  private <T extends @Nullable Object, X extends Exception> T timed(
      Duration limit, TimeoutException error, CheckedCallable<? extends T, X> call)
      throws X, TimeoutException {
    return TimedCall.call(time, Runnable::run, limit.toNanos(), () -> error, call);
  }

  private void pass(Duration duration) {
    time.advance(duration);
  }

  /** Blocks, which an interrupt that is there already ends at once. */
  private static void block() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  private static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  private Recorded.Outcome permit(String name) {
    return new Recorded.Outcome(events) {
      @Override
      void add(String event) {
        super.add(name + " " + event);
      }
    };
  }

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

  // ---- Permits inside

  /** Promises: All 4. */
  @Test
  void permitsInsideHearAtOnceInnermostFirst() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () ->
                        PermittedCall.call(
                            permit("outer"),
                            () ->
                                PermittedCall.call(
                                    permit("inner"),
                                    () -> {
                                      pass(LIMIT);
                                      assertThat(events)
                                          .containsExactly(
                                              "inner told " + late, "outer told " + late);
                                      return "v";
                                    }))))
        .isSameAs(late);
    assertThat(events)
        .containsExactly(
            "inner told " + late,
            "outer told " + late,
            "inner failure " + late,
            "outer failure " + late);
  }

  /** Promises: All 4. */
  @Test
  void theTimeOutIsTheOutcomeOfAPlainPermitToo() {
    Recorded.Plain plain = new Recorded.Plain(events);
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () ->
                        PermittedCall.call(
                            plain,
                            () -> {
                              pass(LIMIT);
                              block();
                              return "never";
                            })));
    assertThat(events).containsExactly("failure " + late);
  }

  /** Promises: All 4. */
  @Test
  void permitsThatEndedInTimeHearNothing() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      PermittedCall.call(permit("first"), () -> "v");
                      pass(LIMIT);
                      return "v";
                    }));
    assertThat(events).containsExactly("first result v");
  }

  /** Promises: All 4. */
  @Test
  void aPermitEnteredTooLateEndsByTheTimeOut() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      pass(LIMIT);
                      return PermittedCall.call(permit("late"), () -> "v");
                    }));
    assertThat(events).containsExactly("late failure " + late);
  }

  /** Promises: All 4. */
  @Test
  void aPermitEnteredTooLateEndsByTheErrorOfItsCall() {
    AssertionError error = new AssertionError("fatal");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      pass(LIMIT);
                      return PermittedCall.call(
                          permit("late"),
                          () -> {
                            throw error;
                          });
                    }))
        .isSameAs(error);
    assertThat(events).containsExactly("late failure " + error);
  }

  /** Promises: All 4. */
  @Test
  void onePermitUsedTwiceInsideItselfIsToldOfBoth() {
    Recorded.Outcome shared = permit("shared");
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () ->
                        PermittedCall.call(
                            shared,
                            () -> {
                              PermittedCall.call(shared, () -> "in time");
                              pass(LIMIT);
                              return "v";
                            })));
    assertThat(events)
        .containsExactly("shared result in time", "shared told " + late, "shared failure " + late);
  }

  /** Promises: All 4. */
  @Test
  void aPermitThatThrowsChangesNothing() {
    AssertionError broken = new AssertionError("permit");
    Recorded.Outcome throwing =
        new Recorded.Outcome() {
          @Override
          public void endedFromOutside(@Nullable Throwable error) {
            throw broken;
          }
        };
    try (Logged log = new Logged()) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(
              () ->
                  timed(
                      () ->
                          PermittedCall.call(
                              permit("outer"),
                              () ->
                                  PermittedCall.call(
                                      throwing,
                                      () -> {
                                        pass(LIMIT);
                                        assertThat(isInterrupted()).isTrue();
                                        return "v";
                                      }))));
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(broken);
    }
    assertThat(events).containsExactly("outer told " + late, "outer failure " + late);
    assertThat(throwing.events).containsExactly("failure " + late);
  }

  /**
   * The call ends while its permit is being told: neither waits for the other.
   *
   * <p>Promises: All 4.
   */
  @Test
  void aCallThatEndsWhileItsPermitIsToldEndsItAfterwards() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch telling = new CountDownLatch(1);
    CountDownLatch returned = new CountDownLatch(1);
    Recorded.Outcome slow =
        new Recorded.Outcome(events) {
          @Override
          public void endedFromOutside(@Nullable Throwable error) {
            telling.countDown();
            Others.await(returned);
            super.endedFromOutside(error);
          }
        };
    CompletableFuture<Void> caller =
        Others.start(
            () -> {
              assertThatExceptionOfType(TimeoutException.class)
                  .isThrownBy(
                      () ->
                          timed(
                              () ->
                                  PermittedCall.call(
                                      slow,
                                      () -> {
                                        inside.countDown();
                                        while (telling.getCount() > 0) { // interrupts or not
                                          Thread.onSpinWait();
                                        }
                                        return "v";
                                      })))
                  .isSameAs(late);
              assertThat(events).as("while it is told").isEmpty();
              returned.countDown();
            });
    Others.await(inside);
    pass(LIMIT);
    Others.join(caller);
    assertThat(events).containsExactly("told " + late, "failure " + late);
  }

  // ---- Calls inside one another

  /** Promises: All 4. */
  @Test
  void theInnerTimeOutIsNotTheOuters() throws Exception {
    String value =
        timed(
            LONGER,
            outerLate,
            () ->
                PermittedCall.call(
                    permit("outer"),
                    () -> {
                      assertThatExceptionOfType(TimeoutException.class)
                          .isThrownBy(
                              () ->
                                  timed(
                                      () ->
                                          PermittedCall.call(
                                              permit("inner"),
                                              () -> {
                                                pass(LIMIT);
                                                block();
                                                return "never";
                                              })))
                          .isSameAs(late);
                      assertThat(isInterrupted()).isFalse();
                      assertThat(TimedCall.isLate()).isFalse();
                      return "v";
                    }));
    assertThat(value).isEqualTo("v");
    assertThat(events)
        .containsExactly("inner told " + late, "inner failure " + late, "outer result v");
  }

  /** Promises: All 4. */
  @Test
  void theOuterTimeOutReachesAllInsideAndComesOutOfTheOuter() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    LIMIT,
                    outerLate,
                    () ->
                        PermittedCall.call(
                            permit("outer"),
                            () ->
                                timed(
                                    LONGER,
                                    late,
                                    () ->
                                        PermittedCall.call(
                                            permit("inner"),
                                            () -> {
                                              pass(LIMIT);
                                              block();
                                              return "never";
                                            })))))
        .isSameAs(outerLate);
    assertThat(events)
        .containsExactly(
            "inner told " + outerLate,
            "outer told " + outerLate,
            "inner failure " + outerLate,
            "outer failure " + outerLate);
  }

  /**
   * A callee that swallows the first interrupt lives to see the second.
   *
   * <p>Promises: All 4.
   */
  @Test
  void ofTwoTimeOutsAPermitHearsOfTheFirst() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    LONGER,
                    outerLate,
                    () ->
                        timed(
                            () ->
                                PermittedCall.call(
                                    permit("inner"),
                                    () -> {
                                      pass(LIMIT);
                                      assertThat(Thread.interrupted()).isTrue();
                                      pass(LONGER);
                                      assertThat(isInterrupted()).isTrue();
                                      return "v";
                                    }))))
        .isSameAs(outerLate);
    assertThat(events).containsExactly("inner told " + late, "inner failure " + late);
  }

  /** Two interrupts are one flag: the inner call's end must not withdraw the outer's. */
  @Test
  void theOutersInterruptOutlivesTheInnerCall() {
    for (boolean consumed : new boolean[] {false, true}) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(
              () ->
                  timed(
                      LONGER,
                      outerLate,
                      () -> {
                        assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                () ->
                                    timed(
                                        () -> {
                                          pass(LONGER); // both have passed
                                          if (consumed) {
                                            block();
                                          }
                                          return "v";
                                        }))
                            .isSameAs(late);
                        assertThat(isInterrupted()).as("for the outer call").isTrue();
                        return "v";
                      }))
          .isSameAs(outerLate);
      assertThat(isInterrupted()).isFalse();
    }
  }

  /** The end of the inner call, which asks whether the outer is late, leaves no lock behind. */
  @Test
  void theOuterTimeOutStillComesAfterTheInnerOne() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    LONGER,
                    outerLate,
                    () -> {
                      assertThatExceptionOfType(TimeoutException.class)
                          .isThrownBy(
                              () ->
                                  timed(
                                      () -> {
                                        pass(LIMIT);
                                        return "v";
                                      }));
                      Others.join(Others.start(() -> pass(LONGER))); // the timer's own thread
                      return "v";
                    }))
        .isSameAs(outerLate);
  }

  @Test
  void anotherThreadInsideIsNotInside() throws Exception {
    timed(
        () -> {
          Others.join(
              Others.start(
                  () -> {
                    assertThat(TimedCall.enclosing()).isNull();
                    assertThat(PermittedCall.call(permit("other"), () -> "v")).isEqualTo("v");
                  }));
          return "v";
        });
    assertThat(events).containsExactly("other result v");
  }

  // ---- The interrupt and the end race

  @Test
  void aTimeOutThatFindsTheCallOverDoesNothingAndHoldsUpNoTimer() throws Exception {
    CountDownLatch due = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    List<CompletableFuture<Void>> timer = new ArrayList<>();
    String value =
        TimedCall.<String, Exception>call(
            time,
            Runnable::run,
            LIMIT.toNanos(),
            () -> {
              due.countDown();
              Others.await(over);
              return late;
            },
            () -> {
              timer.add(Others.start(() -> pass(LIMIT)));
              Others.await(due);
              return "just in time";
            });
    over.countDown();
    Others.join(timer.get(0));
    assertThat(value).isEqualTo("just in time");
    assertThat(isInterrupted()).isFalse();
  }

  @Test
  void theInterruptNeverArrivesAfterTheCall() throws Exception {
    for (int round = 0; round < 2_000; round++) {
      Recorded.Outcome permit = new Recorded.Outcome();
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch passed = new CountDownLatch(1);
      List<String> outcome = new CopyOnWriteArrayList<>();
      CompletableFuture<Void> caller =
          Others.start(
              () -> {
                try {
                  outcome.add(
                      timed(
                          () ->
                              PermittedCall.call(
                                  permit,
                                  () -> {
                                    inside.countDown();
                                    return "v";
                                  })));
                } catch (TimeoutException e) {
                  outcome.add("late");
                }
                assertThat(isInterrupted()).isFalse();
                passed.await(); // an interrupt that came too late would end this
                assertThat(isInterrupted()).isFalse();
              });
      Others.await(inside);
      pass(LIMIT);
      passed.countDown();
      Others.join(caller);
      assertThat(outcome).hasSize(1);
      assertThat(permit.events)
          .isIn(
              List.of("result v"),
              List.of("failure " + late),
              List.of("told " + late, "failure " + late));
      assertThat(time.pending()).isZero();
    }
  }

  @Test
  void aCallUnderAPermitThatHasEndedHoldsUpNoTimeOut() {
    Recorded.Outcome permit = permit("inner");
    TimedCall[] own = new TimedCall[1];
    CompletableFuture<Boolean> rang = new CompletableFuture<>();
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    () -> {
                      PermittedCall.call(permit, () -> "in time");
                      own[0] = TimedCall.enclosing();
                      // The timer's thread is another, which must find no lock held.
                      Thread timer = new Thread(() -> rang.complete(pass()));
                      timer.start();
                      rang.join();
                      return "too late";
                    }))
        .isSameAs(late);
    assertThat(own[0]).isNotNull();
    assertThat(rang).isCompletedWithValue(true);
  }

  private boolean pass() {
    pass(LIMIT);
    return true;
  }

  @Test
  void afterAnInnerCallTheOuterOneIsStillTheOneAround() throws Exception {
    timed(
        LONGER,
        outerLate,
        () -> {
          TimedCall outer = TimedCall.enclosing();
          timed(() -> "in time");
          assertThat(TimedCall.enclosing()).isSameAs(outer);
          return "v";
        });
  }
}
