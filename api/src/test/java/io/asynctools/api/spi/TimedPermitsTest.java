package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.testkit.Logged;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The time-out of a blocking call is the outcome of the permits inside too, which hear of it at
 * once.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
class TimedPermitsTest extends TimedCalls {

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
}
