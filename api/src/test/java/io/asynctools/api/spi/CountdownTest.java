package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.TimeSource;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clocks, timers and executors may do wrong, and a countdown must survive. */
@Tag("unit")
class CountdownTest {
  private static final Duration NANO = Duration.ofNanos(1);

  private final ManualTime time = new ManualTime();
  private final Deque<Runnable> executor = new ArrayDeque<>();
  private final AtomicInteger ran = new AtomicInteger();

  private Countdown start(TimeSource timer, long nanos) {
    return Countdown.start(timer, executor::add, nanos, ran::incrementAndGet);
  }

  /** How often the action has run, once the executor has. */
  private int ran() {
    for (Runnable task = executor.poll(); task != null; task = executor.poll()) {
      task.run();
    }
    return ran.get();
  }

  /** A timer that keeps what it is told, and rings when the test says so. */
  private class Bells implements TimeSource {
    final List<Runnable> tasks = new ArrayList<>();
    final List<Long> delays = new ArrayList<>();
    final List<Integer> cancelled = new ArrayList<>();

    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      int number = tasks.size();
      tasks.add(task);
      delays.add(delayNanos);
      return () -> cancelled.add(number);
    }

    void ring(int number) {
      tasks.get(number).run();
    }
  }

  // ---- Once, on the executor

  @Test
  void itRunsOnceOnTheExecutorWhenTheTimeHasPassed() {
    start(time, 1_000);
    time.advance(Duration.ofNanos(999));
    assertThat(executor).isEmpty();
    time.advance(NANO);
    assertThat(ran).as("run by the timer").hasValue(0);
    assertThat(executor).hasSize(1);
    assertThat(ran()).isEqualTo(1);
    time.advance(Duration.ofDays(1));
    assertThat(ran()).isEqualTo(1);
    assertThat(time.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -1_000_000_000, Long.MIN_VALUE / 2, Long.MIN_VALUE})
  void withNoTimeLeftItRunsAtOnceOnTheExecutor(long nanos) {
    start(time, nanos);
    assertThat(ran).as("run by the one who starts it").hasValue(0);
    time.advance(NANO);
    assertThat(ran()).isEqualTo(1);
    assertThat(time.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 3, -1_000_000_000, 0})
  void withNoTimeLeftALateTimerRunsItToo(long nanos) {
    Bells bells = new Bells();
    start(bells, nanos);
    time.advance(Duration.ofNanos(Long.MAX_VALUE / 4)); // 73 years late
    bells.ring(0);
    assertThat(ran()).isEqualTo(1);
    assertThat(bells.tasks).as("set once").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE / 2 + 1})
  void aHugeDelaySaturates(long nanos) {
    ManualTime late = new ManualTime(Long.MAX_VALUE - 1);
    Countdown countdown = start(late, nanos);
    late.advance(Duration.ofNanos(Long.MAX_VALUE / 2 - 1)); // 146 years
    assertThat(ran()).isZero();
    assertThat(late.pending()).isEqualTo(1);
    countdown.cancel();
    assertThat(late.pending()).isZero();
  }

  @Test
  void aHugeDelayIsNoLongerThanInstantsCanBeCompared() {
    Bells bells = new Bells();
    start(bells, Long.MAX_VALUE);
    assertThat(bells.delays).containsExactly(Long.MAX_VALUE / 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 500, Long.MAX_VALUE - 999, -1, 0})
  void theClockMayWrapMeanwhile(long origin) {
    ManualTime wrapping = new ManualTime(origin);
    start(wrapping, 1_000);
    wrapping.advance(Duration.ofNanos(999));
    assertThat(ran()).isZero();
    wrapping.advance(NANO);
    assertThat(ran()).isEqualTo(1);
  }

  // ---- Timers

  @Test
  void aTimerThatRingsEarlyIsSetAgainForWhatIsLeftByTheClock() {
    Bells bells = new Bells();
    start(bells, 1_000);
    time.advance(Duration.ofNanos(400));
    bells.ring(0);
    assertThat(bells.delays).containsExactly(1_000L, 600L);
    assertThat(ran()).isZero();
    time.advance(Duration.ofNanos(600));
    bells.ring(1);
    assertThat(ran()).isEqualTo(1);
    assertThat(bells.tasks).hasSize(2);
  }

  @Test
  void aTimerThatRingsTwiceIsHeardOnce() {
    Bells bells = new Bells();
    start(bells, 1_000);
    time.advance(Duration.ofNanos(1_000));
    bells.ring(0);
    bells.ring(0);
    assertThat(ran()).isEqualTo(1);
    bells.ring(0);
    assertThat(ran()).isEqualTo(1);
  }

  @Test
  void aTimerThatRingsTwiceTooEarlyIsSetAgainOnce() {
    Bells bells = new Bells();
    Countdown countdown = start(bells, 1_000);
    bells.ring(0);
    bells.ring(0);
    assertThat(bells.tasks).as("the first timer and one in its place").hasSize(2);
    bells.ring(1);
    bells.ring(0); // a straggler
    bells.ring(1);
    assertThat(bells.tasks).hasSize(3);
    countdown.cancel();
    assertThat(bells.cancelled).contains(2);
  }

  @Test
  void aTimerThatRunsInsideScheduleIsSetOnceMore() {
    int[] set = {0};
    TimeSource hasty =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            if (set[0]++ == 0) {
              task.run();
            }
            return time.schedule(task, delayNanos);
          }
        };
    start(hasty, 1_000);
    assertThat(set[0]).isEqualTo(2);
    time.advance(Duration.ofNanos(999));
    assertThat(ran()).isZero();
    time.advance(NANO);
    assertThat(ran()).isEqualTo(1);
  }

  @Test
  void aTimerThatAlwaysRunsInsideScheduleRunsItEarlyRatherThanNever() {
    int[] set = {0};
    TimeSource hasty =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            set[0]++;
            task.run();
            return () -> false;
          }
        };
    start(hasty, 1_000);
    assertThat(set[0]).as("how often it was set").isEqualTo(2);
    assertThat(ran).as("run in place").hasValue(0);
    assertThat(ran()).isEqualTo(1);
  }

  @Test
  void aTimerThatHastensWhenSetAgainRunsItEarlyRatherThanNever() {
    Bells bells =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            Cancellable set = super.schedule(task, delayNanos);
            if (tasks.size() > 1) {
              task.run();
            }
            return set;
          }
        };
    start(bells, 1_000);
    bells.ring(0);
    assertThat(bells.tasks).hasSize(3);
    assertThat(ran()).isEqualTo(1);
  }

  @Test
  void aTimerThatCannotBeSetAgainRunsItEarlyRatherThanNever() {
    IllegalStateException shutDown = new IllegalStateException("shut down");
    Bells bells =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            if (!tasks.isEmpty()) {
              throw shutDown;
            }
            return super.schedule(task, delayNanos);
          }
        };
    start(bells, 1_000);
    try (Logged log = new Logged()) {
      bells.ring(0);
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(shutDown);
    }
    assertThat(ran()).isEqualTo(1);
  }

  @Test
  void aClockThatThrowsWhenTheTimerRingsRunsItEarlyRatherThanNever() {
    IllegalStateException broken = new IllegalStateException("no clock");
    Bells bells =
        new Bells() {
          @Override
          public long nanoTime() {
            if (!tasks.isEmpty()) {
              throw broken;
            }
            return super.nanoTime();
          }
        };
    start(bells, 1_000);
    try (Logged log = new Logged()) {
      bells.ring(0);
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(broken);
    }
    assertThat(ran()).isEqualTo(1);
  }

  @Test
  void aTimerThatCannotBeSetSaysSoAtOnce() {
    TimeSource shutDown =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            throw new IllegalStateException("shut down");
          }
        };
    assertThatIllegalStateException()
        .isThrownBy(() -> start(shutDown, 1_000))
        .withMessage("shut down");
    assertThat(ran()).isZero();
  }

  // ---- Calling it off

  @Test
  void calledOffItNeverRunsAndLeavesNoTimer() {
    Countdown countdown = start(time, 1_000);
    assertThat(time.pending()).isEqualTo(1);
    countdown.cancel();
    assertThat(time.pending()).isZero();
    countdown.cancel();
    time.advance(Duration.ofNanos(1_000));
    assertThat(ran()).isZero();
  }

  @Test
  void calledOffAfterItRanNothingHappens() {
    Countdown countdown = start(time, 1_000);
    time.advance(Duration.ofNanos(1_000));
    countdown.cancel();
    assertThat(ran()).as("it had been handed to the executor").isEqualTo(1);
  }

  @Test
  void aTimerThatRingsAlthoughItWasCalledOffDoesNothing() {
    Bells bells = new Bells();
    Countdown countdown = start(bells, 1_000);
    countdown.cancel();
    bells.ring(0); // early
    time.advance(Duration.ofNanos(1_000));
    bells.ring(0);
    assertThat(bells.tasks).hasSize(1);
    assertThat(bells.cancelled).containsExactly(0);
    assertThat(ran()).isZero();
  }

  @Test
  void calledOffWhileItIsSetAgainItLeavesNoTimer() {
    Countdown[] countdown = {null};
    Bells bells =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            if (!tasks.isEmpty()) {
              countdown[0].cancel();
            }
            return super.schedule(task, delayNanos);
          }
        };
    countdown[0] = start(bells, 1_000);
    bells.ring(0);
    assertThat(bells.tasks).hasSize(2);
    assertThat(bells.cancelled).contains(1);
    assertThat(ran()).isZero();
  }

  /** A zero timer may ring on its own thread, too early, before schedule() has come back. */
  @Test
  void calledOffAfterATimerRangWhileItWasBeingSetItLeavesNoTimer() {
    Bells bells =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            Cancellable set = super.schedule(task, delayNanos);
            if (tasks.size() == 1) {
              try {
                Others.join(Others.start(task::run));
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            }
            return set;
          }
        };
    Countdown countdown = start(bells, 1_000);
    assertThat(bells.tasks).hasSize(2);
    countdown.cancel();
    assertThat(bells.cancelled).as("timers that were stopped").contains(1);
  }

  @Test
  void aTimerThatThrowsAtACancelIsLogged() {
    IllegalStateException broken = new IllegalStateException("no cancel");
    TimeSource timer =
        new Bells() {
          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            return () -> {
              throw broken;
            };
          }
        };
    try (Logged log = new Logged()) {
      start(timer, 1_000).cancel();
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(broken);
    }
  }

  /** It is run or called off, never both and never neither; and no timer stays behind. */
  @Test
  void aCancelThatRacesWithTheTimerWinsOrLoses() throws Exception {
    for (int round = 0; round < 2_000; round++) {
      AtomicInteger runs = new AtomicInteger();
      Countdown countdown = Countdown.start(time, Runnable::run, 1, runs::incrementAndGet);
      CountDownLatch start = new CountDownLatch(1);
      var canceller =
          Others.start(
              () -> {
                Others.await(start);
                countdown.cancel();
              });
      start.countDown();
      time.advance(NANO);
      Others.join(canceller);
      int before = runs.get();
      time.advance(NANO);
      assertThat(runs).hasValueLessThanOrEqualTo(1).hasValue(before);
      assertThat(time.pending()).isZero();
    }
  }

  // ---- Executors

  /** Promises: All 7. */
  @Test
  void anExecutorThatRejectsHasItRunOnTheThreadAtHand() {
    Executor rejects =
        task -> {
          throw new RejectedExecutionException("full");
        };
    Countdown.start(time, rejects, 1_000, ran::incrementAndGet);
    time.advance(Duration.ofNanos(1_000));
    assertThat(ran).hasValue(1);
    time.advance(Duration.ofNanos(1_000));
    assertThat(ran).hasValue(1);
  }

  /** Promises: All 7. */
  @Test
  void anExecutorThatRunsItAndThenRejectsHasItRunOnce() {
    Executor both =
        task -> {
          task.run();
          throw new RejectedExecutionException("full, now");
        };
    Countdown.start(time, both, 1_000, ran::incrementAndGet);
    time.advance(Duration.ofNanos(1_000));
    assertThat(ran).hasValue(1);
  }

  @Test
  void anActionThatThrowsInPlaceRunsOnce() {
    IllegalStateException thrown = new IllegalStateException("it must not");
    Countdown.start(
        time,
        Runnable::run,
        1_000,
        () -> {
          ran.incrementAndGet();
          throw thrown;
        });
    try (Logged log = new Logged()) {
      time.advance(Duration.ofNanos(1_000));
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(thrown);
    }
    assertThat(ran).hasValue(1);
  }

  @Test
  void nullIsRefusedAtOnce() {
    assertThatNullPointerException()
        .isThrownBy(() -> Countdown.start(null, executor::add, 1, ran::incrementAndGet));
    assertThatNullPointerException()
        .isThrownBy(() -> Countdown.start(time, null, 1, ran::incrementAndGet));
    assertThatNullPointerException()
        .isThrownBy(() -> Countdown.start(time, executor::add, 1, null));
    assertThat(time.pending()).isZero();
  }
}
