package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The interrupt of a blocking call never arrives after it, whoever is quicker.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
class TimedCallRaceTest extends TimedCalls {

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
}
