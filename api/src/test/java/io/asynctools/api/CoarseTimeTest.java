package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promises: Token bucket 6. */
@Tag("unit")
class CoarseTimeTest {
  private static final long SECOND = 1_000_000_000;

  @ParameterizedTest
  @ValueSource(
      strings = {"PT0S", "PT-1S", "PT0.000099999S", "PT1.000000001S", "PT2562047788015215H"})
  void aTickOutOfRangeIsRefused(String tick) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeSource.coarse(Duration.parse(tick)))
        .withMessageContainingAll("tick", "100 µs", "1 s", Duration.parse(tick).toString());
    assertThatNullPointerException().isThrownBy(() -> TimeSource.coarse(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.0001S", "PT0.001S", "PT1S"})
  void aTickInRangeIsTaken(String tick) {
    assertThat(TimeSource.coarse(Duration.parse(tick)).nanoTime()).isNotNegative();
  }

  @Test
  void itNeitherStartsAThreadNorTicksUntilAsked() {
    long before = clocks();
    TimeSource.coarse(Duration.ofMillis(1));

    assertThat(clocks()).isLessThanOrEqualTo(before);
  }

  @Test
  @Tag("slow")
  void itIsNeverAheadNorGoesBackNorFallsFarBehind() throws Exception {
    Duration tick = Duration.ofMillis(2);
    TimeSource coarse = TimeSource.coarse(tick);
    long start = System.nanoTime();
    long origin = start - coarse.nanoTime(); // at most a bit too early
    AtomicLong late = new AtomicLong();
    AtomicLong questions = new AtomicLong();
    List<CompletableFuture<Void>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(
          onItsOwnThread(
              () -> {
                long last = coarse.nanoTime();
                long end = System.nanoTime() + 2 * SECOND;
                for (long now = 0; now - end < 0; now = System.nanoTime()) {
                  long before = System.nanoTime();
                  long read = coarse.nanoTime();
                  assertThat(read).as("not back").isGreaterThanOrEqualTo(last);
                  last = read;
                  assertThat(origin + read - System.nanoTime()).as("not ahead").isNotPositive();
                  questions.incrementAndGet();
                  if (before - origin - read > tick.toNanos()) {
                    late.incrementAndGet();
                  }
                }
              }));
    }
    for (CompletableFuture<Void> reader : readers) {
      reader.get(1, TimeUnit.MINUTES);
    }

    // A busy machine may wake the ticker late; a clock that stands still is late nearly always.
    assertThat(late.get()).isLessThan(questions.get() / 2);
  }

  @Test
  @Tag("slow")
  void itStopsWhenNobodyAsksAndThenAnswersExactly() throws Exception {
    TimeSource coarse = TimeSource.coarse(Duration.ofSeconds(1));
    long first = coarse.nanoTime();
    long origin = System.nanoTime() - first; // at most a bit too late
    Thread ticker = ticker();
    ticker.join(30_000);
    assertThat(ticker.isAlive()).as("ticks for nobody").isFalse();
    Thread.sleep(200);

    long before = System.nanoTime();
    long read = coarse.nanoTime();

    assertThat(origin + read - before).as("how far it is behind").isNotNegative();
    assertThat(ticker().isAlive()).as("ticks again").isTrue();
  }

  @Test
  @Tag("slow")
  void itGoesOnWhileSomebodyAsksNowAndThen() throws Exception {
    TimeSource coarse = TimeSource.coarse(Duration.ofMillis(1));
    coarse.nanoTime();
    Thread ticker = ticker();

    for (int i = 0; i < 8; i++) {
      Thread.sleep(250);
      coarse.nanoTime();
    }

    assertThat(ticker.isAlive()).isTrue();
  }

  @Test
  @Tag("slow")
  void aTimerRunsWhenThisClockTooHasReachedTheInstant() throws Exception {
    TimeSource coarse = TimeSource.coarse(Duration.ofMillis(50));
    long start = coarse.nanoTime();
    CompletableFuture<Long> ran = new CompletableFuture<>();

    coarse.schedule(() -> ran.complete(coarse.nanoTime()), 20_000_000);

    assertThat(ran.get(1, TimeUnit.MINUTES) - start).isGreaterThanOrEqualTo(20_000_000);
  }

  @Test
  void aTimerOfForeverCanBeCalledOff() {
    TimeSource coarse = TimeSource.coarse(Duration.ofMillis(1));

    assertThat(coarse.schedule(() -> {}, Long.MAX_VALUE).cancel()).isTrue();
  }

  private static Thread ticker() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("async-tools-clock"))
        .max(Comparator.comparingLong(Thread::getId))
        .orElseThrow();
  }

  private static long clocks() {
    Stream<Thread> all = Thread.getAllStackTraces().keySet().stream();
    return all.filter(thread -> thread.getName().startsWith("async-tools-clock")).count();
  }

  private static CompletableFuture<Void> onItsOwnThread(Runnable task) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
                ended.complete(null);
              } catch (Throwable e) {
                ended.completeExceptionally(e);
              }
            });
    thread.start();
    return ended;
  }
}
