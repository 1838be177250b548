package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whoever is first, nothing is left over.
 *
 * <p>Promises: Retry 7.
 */
@Tag("unit")
class RacesTest {
  private static final int ROUNDS = 3_000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final IOException ERROR = new IOException("down");

  /** One call, and what two threads do to it at once. */
  private static final class Round {
    final ManualTime time = new ManualTime();
    final List<CompletableFuture<String>> attempts = new CopyOnWriteArrayList<>();
    final List<Integer> told = new CopyOnWriteArrayList<>();
    final CompletableFuture<String> result;

    Round(Duration delay) {
      result =
          Retry.builder()
              .maxAttempts(2)
              .initialDelay(delay)
              .attemptTimeout(SECOND)
              .timeSource(time)
              .executor(time)
              .onRetry((error, next, wait) -> told.add(next))
              .build()
              .execute(
                  () -> {
                    CompletableFuture<String> attempt = new CompletableFuture<>();
                    attempts.add(attempt);
                    return attempt;
                  });
    }

    void fail() {
      attempts.get(attempts.size() - 1).completeExceptionally(ERROR);
    }

    void isOverAndNothingIsLeft() {
      int started = attempts.size();
      int retries = told.size();
      assertThat(result).isDone();
      assertThat(attempts).allMatch(CompletableFuture::isDone);
      assertThat(time.pending()).isZero();
      time.advance(Duration.ofHours(1));
      assertThat(attempts).hasSize(started);
      assertThat(told).hasSize(retries);
      assertThat(time.pending()).isZero();
    }
  }

  private interface Deed {
    void on(Round round) throws Exception;
  }

  private static void race(Duration delay, Deed before, Deed one, Deed other, Deed check)
      throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    Round[] current = {null};
    Aside<Integer> aside =
        Aside.start(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                barrier.await();
                other.on(current[0]);
                barrier.await();
              }
              return 0;
            });
    for (int i = 0; i < ROUNDS; i++) {
      Round round = new Round(delay);
      before.on(round);
      current[0] = round;
      barrier.await();
      one.on(round);
      barrier.await();
      check.on(round);
    }
    aside.value();
  }

  @Test
  void aCancelAgainstAFailureThatAsksForADelay() throws Exception {
    race(
        SECOND,
        round -> {},
        round -> round.result.cancel(true),
        Round::fail,
        round -> {
          assertThat(round.result).isCancelled();
          assertThat(round.attempts).hasSize(1);
          round.isOverAndNothingIsLeft();
        });
  }

  @Test
  void aCancelAgainstTheNextAttemptAfterADelay() throws Exception {
    race(
        SECOND,
        Round::fail,
        round -> round.result.cancel(true),
        round -> round.time.advance(SECOND),
        round -> {
          assertThat(round.result).isCancelled();
          round.isOverAndNothingIsLeft();
        });
  }

  @Test
  void aCancelAgainstTheNextAttemptWithoutDelay() throws Exception {
    race(
        Duration.ZERO,
        Round::fail,
        round -> round.result.cancel(true),
        round -> round.time.runTasks(),
        round -> {
          assertThat(round.result).isCancelled();
          round.isOverAndNothingIsLeft();
        });
  }

  /** Promises: Retry 4, Retry 7. */
  @Test
  void aCancelAgainstATimeOut() throws Exception {
    race(
        SECOND,
        round -> {},
        round -> round.result.cancel(true),
        round -> round.time.advance(SECOND),
        round -> {
          assertThat(round.result).isCancelled();
          round.isOverAndNothingIsLeft();
        });
  }

  /** Promises: Retry 4. */
  @Test
  void aValueAgainstATimeOut() throws Exception {
    race(
        SECOND,
        round -> {},
        round -> round.attempts.get(0).complete("up"),
        round -> round.time.advance(SECOND),
        round -> {
          if (round.told.isEmpty()) {
            assertThat(round.result).isCompletedWithValue("up");
          } else {
            assertThat(round.result).isNotDone();
            round.time.advance(SECOND);
            round.attempts.get(1).complete("later");
            assertThat(round.result).isCompletedWithValue("later");
          }
          round.isOverAndNothingIsLeft();
        });
  }
}
