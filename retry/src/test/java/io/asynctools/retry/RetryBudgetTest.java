package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Retries never multiply.
 *
 * <p>Promises: Retry 5.
 */
@Tag("unit")
class RetryBudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final Rate SELDOM = Rate.parse("1/36500d"); // one, and then none for a century

  private final IOException error = new IOException("down");

  private static void call(RetryBudget budget, int calls, long now) {
    for (int i = 0; i < calls; i++) {
      budget.called(now);
    }
  }

  private static int retries(RetryBudget budget, long now) {
    int allowed = 0;
    while (allowed < 1_000_000 && budget.tryRetry(now)) {
      allowed++;
    }
    return allowed;
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 100, 10",
    "0.1, 9, 0",
    "0.1, 10, 1",
    "0.29, 100, 29",
    "0.7, 10, 7",
    "1, 7, 7",
    "0.333, 3, 0",
    "0.3333333, 3, 0",
    "0.5, 1, 0",
    "1e-300, 1000, 0"
  })
  void theShareIsAllowedAndTheFloorBesides(double share, int calls, int retries) {
    RetryBudget budget = RetryBudget.of(share, SELDOM);
    call(budget, calls, 0);
    assertThat(retries(budget, 0)).isEqualTo(retries + 1);
    assertThat(budget.tryRetry(0)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 10_000_000_000L})
  void callsAndRetriesAreForgottenAfterTenSeconds(long origin) {
    RetryBudget budget = RetryBudget.of(0.1, SELDOM);
    call(budget, 100, origin);
    assertThat(retries(budget, origin)).isEqualTo(11);
    call(budget, 10, origin + 9 * SECOND);
    assertThat(retries(budget, origin + 9 * SECOND)).isEqualTo(1);
    assertThat(retries(budget, origin + 10 * SECOND)).isZero();
    call(budget, 100, origin + 60 * SECOND);
    assertThat(retries(budget, origin + 60 * SECOND)).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1L << 61, 1L << 61, Long.MIN_VALUE, Long.MAX_VALUE})
  void callsThatAreForgottenBringNoMoreRetries(long origin) {
    RetryBudget budget = RetryBudget.of(0.5, SELDOM);
    call(budget, 100, origin);
    assertThat(retries(budget, origin + 10 * SECOND)).isEqualTo(1); // the floor's
  }

  @Test
  void theFloorIsASecondsWorthAtOnceAndThenItsRate() {
    RetryBudget budget = RetryBudget.of(0.1, Rate.perSecond(5));
    assertThat(retries(budget, 0)).isEqualTo(5);
    assertThat(retries(budget, SECOND / 5 - 1)).isZero();
    assertThat(retries(budget, SECOND / 5)).isEqualTo(1);
    assertThat(retries(budget, SECOND)).isEqualTo(4);
    assertThat(retries(budget, 3600 * SECOND)).isEqualTo(5);
  }

  @Test
  void aFloorThatDoesNotDivideASecondGivesNothingANanosecondEarly() {
    RetryBudget budget = RetryBudget.of(0.1, Rate.perSecond(3));
    assertThat(retries(budget, 0)).isEqualTo(3);
    assertThat(retries(budget, SECOND / 3)).isZero();
    assertThat(retries(budget, SECOND / 3 + 1)).isEqualTo(1);
  }

  @Test
  void aFloorBelowOneASecondIsOneAtOnce() {
    RetryBudget budget = RetryBudget.of(0.1, Rate.parse("1/10s"));
    assertThat(retries(budget, 0)).isEqualTo(1);
    assertThat(retries(budget, 10 * SECOND - 1)).isZero();
    assertThat(retries(budget, 10 * SECOND)).isEqualTo(1);
  }

  @Test
  void theShareIsSpentBeforeTheFloor() {
    RetryBudget budget = RetryBudget.of(1, Rate.perSecond(2));
    call(budget, 3, 0);
    assertThat(retries(budget, 0)).isEqualTo(5);
    call(budget, 1, 0);
    assertThat(retries(budget, 0)).isEqualTo(1);
  }

  @Test
  void aReadingFromBeforeTheFirstIsAsGoodAsIt() {
    RetryBudget budget = RetryBudget.of(1, SELDOM);
    budget.called(5);
    budget.called(-SECOND);
    assertThat(retries(budget, -SECOND)).isEqualTo(3);
  }

  @Test
  void itSaysWhatItIs() {
    assertThat(RetryBudget.of(0.2, Rate.parse("5/m")))
        .hasToString("RetryBudget[share=0.2, floor=5/m, retriesLeft=1]");
  }

  // ---- With a retry

  @Test
  void aCallWithoutBudgetFailsAtOnceWithItsLastErrorAndTellsNobody() {
    ManualTime time = new ManualTime();
    Told told = new Told();
    Retry retry =
        Retry.builder()
            .budget(RetryBudget.of(0.1, SELDOM))
            .timeSource(time)
            .executor(time)
            .onRetry(told)
            .build();
    CompletableFuture<String> first = retry.execute(() -> CompletableFuture.failedFuture(error));
    CompletableFuture<String> second = retry.execute(() -> CompletableFuture.failedFuture(error));
    assertThat(first).isNotDone();
    assertThat(second.handle((value, thrown) -> thrown).join()).isSameAs(error);
    assertThat(told.retries).hasSize(1);
    assertThat(time.pending()).isEqualTo(1);
  }

  @Test
  void aResultWithoutBudgetIsTheOutcome() throws Exception {
    ManualTime time = new ManualTime();
    Retry retry =
        Retry.builder()
            .initialDelay(Duration.ZERO)
            .budget(RetryBudget.of(0.1, SELDOM))
            .retryIfResult("busy"::equals)
            .timeSource(time)
            .executor(time)
            .build();
    AtomicInteger attempts = new AtomicInteger();
    String result =
        retry.<String, RuntimeException>call(
            () -> {
              attempts.incrementAndGet();
              return "busy";
            });
    assertThat(result).isEqualTo("busy");
    assertThat(attempts).hasValue(2); // the floor's one
  }

  @Test
  void aStormOfFailingCallsIsHardlyAnyRetries() {
    ManualTime time = new ManualTime(-5);
    RetryBudget budget = RetryBudget.of(0.1, Rate.perSecond(3));
    AtomicInteger attempts = new AtomicInteger();
    List<Retry> policies = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      policies.add(
          Retry.builder()
              .initialDelay(Duration.ofMillis(100))
              .jitter(Jitter.FULL)
              .budget(budget)
              .timeSource(time)
              .executor(time)
              .build());
    }
    int calls = 0;
    List<CompletableFuture<String>> results = new ArrayList<>();
    for (int millis = 1; calls < 10_000; millis++) {
      for (int i = 0; i < 4; i++) {
        results.add(
            policies
                .get(calls++ % 3)
                .execute(
                    () -> {
                      attempts.incrementAndGet();
                      return CompletableFuture.failedFuture(error);
                    }));
      }
      time.advance(Duration.ofMillis(1));
      double seconds = millis / 1_000.0;
      assertThat(attempts.get() - calls)
          .isLessThanOrEqualTo((int) (0.1 * calls + 3 * (seconds + 1)));
    }
    time.advance(Duration.ofHours(1));
    assertThat(results).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(attempts.get() - calls).isBetween(1_000, 1_000 + 3 * 5);
  }

  @Test
  void severalThreadsTogetherGetNoMore() throws Exception {
    for (int round = 0; round < 20; round++) {
      RetryBudget budget = RetryBudget.of(0.3, Rate.perSecond(7));
      AtomicInteger allowed = new AtomicInteger();
      int threads = 4;
      int callsEach = 5_000;
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Aside<Integer>> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        all.add(
            Aside.start(
                () -> {
                  start.await();
                  for (int i = 0; i < callsEach; i++) {
                    budget.called(i);
                    if (budget.tryRetry(i)) {
                      allowed.incrementAndGet();
                    }
                  }
                  return 0;
                }));
      }
      for (Aside<Integer> each : all) {
        each.value();
      }
      assertThat(allowed.get())
          .isLessThanOrEqualTo((int) (0.3 * threads * callsEach) + 7)
          .isGreaterThan((int) (0.2 * threads * callsEach)); // who meets may be refused
    }
  }

  @Test
  void threeLayersOfThreeAttemptsAreTwentySevenCallsUnlessABudgetForbidsIt() {
    assertThat(callsThroughThreeLayers(null)).isEqualTo(27);
    RetryBudget shared = RetryBudget.of(0.2, SELDOM);
    assertThat(callsThroughThreeLayers(shared)).isEqualTo(2);
  }

  private int callsThroughThreeLayers(RetryBudget budget) {
    ManualTime time = new ManualTime();
    Retry.Builder builder =
        Retry.builder().initialDelay(Duration.ZERO).timeSource(time).executor(time);
    if (budget != null) {
      builder.budget(budget);
    }
    Retry layer = builder.build();
    AtomicInteger calls = new AtomicInteger();
    layer.execute(
        () ->
            layer.execute(
                () ->
                    layer.execute(
                        () -> {
                          calls.incrementAndGet();
                          return CompletableFuture.failedFuture(error);
                        })));
    time.runTasks();
    return calls.get();
  }
}
