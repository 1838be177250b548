package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.statistics.Statistics;

/**
 * Whatever a few keys are used for, and whenever, a limiter that forgets as soon as it may answers
 * each {@code tryAcquire} as its twin does, which never forgets.
 *
 * <p>Promises: Per key 2.
 */
@Tag("unit")
class EvictionPropertyTest {
  private static final int KEYS = 3;

  /** After so many milliseconds asks for so many permits, or ends those that the key has. */
  record Step(int key, long after, int permits, boolean ends) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> waits =
        Arbitraries.oneOf(Arbitraries.longs().between(0, 3), Arbitraries.longs().between(0, 500));
    return Combinators.combine(
            Arbitraries.integers().between(0, KEYS - 1),
            waits,
            Arbitraries.integers().between(1, 4),
            Arbitraries.of(true, false))
        .as(Step::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(80);
  }

  /** A token every 50 ms: whole milliseconds, so that no rounding tells one bucket from another. */
  @Property(tries = 1_000)
  void bucketsThatAreForgottenAnswerAsThoseThatAreKept(@ForAll("steps") List<Step> steps) {
    ManualTime time = new ManualTime();
    answersAsItsTwin(
        steps,
        time,
        key ->
            TokenBucketRateLimiter.builder(Rate.perSecond(20))
                .capacity(4)
                .timeSource(time)
                .executor(time)
                .build());
  }

  @Property(tries = 1_000)
  void semaphoresThatAreForgottenAnswerAsThoseThatAreKept(@ForAll("steps") List<Step> steps) {
    ManualTime time = new ManualTime();
    answersAsItsTwin(
        steps,
        time,
        key -> SemaphoreRateLimiter.builder(4).timeSource(time).executor(time).build());
  }

  private static void answersAsItsTwin(
      List<Step> steps, ManualTime time, Function<Integer, AsyncRateLimiter> factory) {
    int[] lives = new int[KEYS];
    PerKeyRateLimiter<Integer, AsyncRateLimiter> forgets =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofNanos(1))
            .cleanupInterval(Duration.ofMillis(1))
            .maxKeys(KEYS)
            .timeSource(time)
            .executor(time)
            .build(
                key -> {
                  lives[key]++;
                  return factory.apply(key);
                });
    Map<Integer, AsyncRateLimiter> keeps = new HashMap<>();
    Map<Integer, Deque<Permit>> held = new HashMap<>();
    for (Step step : steps) {
      time.advance(Duration.ofMillis(step.after));
      Deque<Permit> mine = held.computeIfAbsent(step.key, key -> new ArrayDeque<>());
      if (step.ends) {
        mine.forEach(Permit::release);
        mine.clear();
        continue;
      }
      AsyncRateLimiter twin = keeps.computeIfAbsent(step.key, factory);
      Optional<Permit> expected = twin.tryAcquire(step.permits);
      Optional<Permit> answer = forgets.forKey(step.key).tryAcquire(step.permits);
      assertThat(answer.isPresent()).as("%s", step).isEqualTo(expected.isPresent());
      expected.ifPresent(mine::add);
      answer.ifPresent(mine::add);
    }
    int most = Math.max(lives[0], Math.max(lives[1], lives[2]));
    Statistics.collect(most > 1 ? "a key was forgotten and came back" : "no key came back");
    Statistics.coverage(
        coverage -> coverage.check("a key was forgotten and came back").percentage(p -> p > 25.0));
  }
}
