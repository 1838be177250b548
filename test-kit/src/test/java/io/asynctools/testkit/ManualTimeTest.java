package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.TimeSource.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Time by hand: order, wrapping, calling off, and tasks that misbehave. */
@Tag("unit")
class ManualTimeTest {
  private static final long SECOND = 1_000_000_000;

  private final List<String> ran = new ArrayList<>();

  private static Stream<DynamicTest> fromEveryOrigin(Consumer<ManualTime> test) {
    return LongStream.of(0, -1, Long.MIN_VALUE, Long.MAX_VALUE - SECOND)
        .mapToObj(
            origin ->
                DynamicTest.dynamicTest(
                    "origin " + origin, () -> test.accept(new ManualTime(origin))));
  }

  @TestFactory
  Stream<DynamicTest> timersRunInOrderOfDueTimeAtTheirDueTime() {
    return fromEveryOrigin(
        time -> {
          List<String> log = new ArrayList<>();
          long origin = time.nanoTime();
          for (int second : new int[] {3, 1, 2, 1}) {
            time.schedule(
                () -> log.add(second + "s at " + (time.nanoTime() - origin)), second * SECOND);
          }
          assertThat(time.pending()).isEqualTo(4);
          time.advance(Duration.ofSeconds(1).minusNanos(1));
          assertThat(log).isEmpty();
          time.advance(Duration.ofNanos(1));
          assertThat(log).containsExactly("1s at 1000000000", "1s at 1000000000");
          time.advance(Duration.ofSeconds(9)); // past the wrap, from one of the origins
          assertThat(log.subList(2, 4)).containsExactly("2s at 2000000000", "3s at 3000000000");
          assertThat(time.nanoTime() - origin).isEqualTo(10 * SECOND);
          assertThat(time.pending()).isZero();
        });
  }

  @Test
  void timersOfOneInstantRunInTheOrderInWhichTheyWereSet() {
    ManualTime time = new ManualTime();
    for (int i = 0; i < 20; i++) {
      String name = "" + i;
      time.schedule(() -> ran.add(name), 5);
    }
    time.advance(Duration.ofNanos(5));
    assertThat(ran).isEqualTo(LongStream.range(0, 20).mapToObj(Long::toString).toList());
  }

  @Test
  void tasksRunBeforeTheTimeMovesOn() {
    ManualTime time = new ManualTime();
    time.schedule(
        () -> {
          ran.add("timer 1");
          time.execute(() -> ran.add("task of timer 1 at " + time.nanoTime()));
        },
        1);
    time.schedule(() -> ran.add("timer 2"), 1);
    time.schedule(() -> ran.add("timer 3"), 2);
    time.execute(() -> ran.add("task at " + time.nanoTime()));
    assertThat(ran).isEmpty();
    time.advance(Duration.ofNanos(2));
    assertThat(ran)
        .containsExactly("task at 0", "timer 1", "task of timer 1 at 1", "timer 2", "timer 3");
  }

  @Test
  void runTasksRunsWhatTasksHandOverAndTimersThatAreDueNow() {
    ManualTime time = new ManualTime();
    time.schedule(() -> ran.add("overdue"), -5);
    time.schedule(() -> ran.add("not yet"), 1);
    time.execute(() -> time.execute(() -> ran.add("nested")));
    time.runTasks();
    assertThat(ran).containsExactly("nested", "overdue");
    assertThat(time.nanoTime()).isZero();
    assertThat(time.pending()).isEqualTo(1);
  }

  @Test
  void aTimerSetByATimerRunsInTheSameAdvanceIfItIsDue() {
    ManualTime time = new ManualTime();
    time.schedule(
        () -> {
          time.schedule(() -> ran.add("at " + time.nanoTime()), 3);
          time.schedule(() -> ran.add("later"), 6);
        },
        5);
    time.advance(Duration.ofNanos(10));
    assertThat(ran).containsExactly("at 8");
    assertThat(time.pending()).isEqualTo(1);
  }

  @Test
  void aTimerIsCalledOffOnce() {
    ManualTime time = new ManualTime();
    Cancellable timer = time.schedule(() -> ran.add("called off"), 1);
    Cancellable other = time.schedule(() -> ran.add("other"), 1);
    assertThat(timer.cancel()).isTrue();
    assertThat(timer.cancel()).isFalse();
    assertThat(time.pending()).isEqualTo(1);
    time.advance(Duration.ofSeconds(1));
    assertThat(ran).containsExactly("other");
    assertThat(other.cancel()).as("after it has run").isFalse();
  }

  @Test
  void aTimerMayCallOffOneOfTheSameInstant() {
    ManualTime time = new ManualTime();
    List<Cancellable> second = new ArrayList<>();
    time.schedule(() -> ran.add("cancelled: " + second.get(0).cancel()), 1);
    second.add(time.schedule(() -> ran.add("second"), 1));
    time.advance(Duration.ofNanos(1));
    assertThat(ran).containsExactly("cancelled: true");
  }

  @Test
  void whatATaskThrowsComesOutAfterAllHaveRun() {
    ManualTime time = new ManualTime();
    IllegalStateException first = new IllegalStateException("first");
    time.execute(
        () -> {
          throw first;
        });
    time.schedule(
        () -> {
          throw new AssertionError("second");
        },
        1);
    time.schedule(() -> ran.add("after both"), 2);
    assertThatThrownBy(() -> time.advance(Duration.ofNanos(3))).isSameAs(first);
    assertThat(ran).containsExactly("after both");
    assertThat(time.nanoTime()).isEqualTo(3);
    time.advance(Duration.ofNanos(1)); // and time can be moved again
  }

  @Test
  void anErrorComesOutAsItIs() {
    ManualTime time = new ManualTime();
    AssertionError error = new AssertionError("of a task");
    time.execute(
        () -> {
          throw error;
        });
    assertThatThrownBy(time::runTasks).isSameAs(error);
  }

  @Test
  void aTaskMustNotMoveTheTimeThatRunsIt() {
    ManualTime time = new ManualTime();
    time.execute(() -> time.advance(Duration.ofNanos(1)));
    assertThatIllegalStateException().isThrownBy(time::runTasks);
    assertThat(time.nanoTime()).isZero();
    time.advance(Duration.ofNanos(1));
    assertThat(time.nanoTime()).isEqualTo(1);
  }

  @Test
  void aDurationThatTheClockCannotCountIsRefusedAndMovesNothing() {
    ManualTime time = new ManualTime();
    assertThatIllegalArgumentException().isThrownBy(() -> time.advance(Duration.ofNanos(-1)));
    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(Long.MAX_VALUE)))
        .isInstanceOf(ArithmeticException.class);
    time.advance(Duration.ofNanos(7));
    assertThat(time.nanoTime()).isEqualTo(7);
  }

  @TestFactory
  Stream<DynamicTest> theLongestDelayIsNeverDue() {
    return fromEveryOrigin(
        time -> {
          List<String> log = new ArrayList<>();
          time.schedule(() -> log.add("longest"), Long.MAX_VALUE);
          time.schedule(() -> log.add("short"), 1);
          time.advance(Duration.ofDays(365));
          assertThat(log).containsExactly("short");
          assertThat(time.pending()).isEqualTo(1);
        });
  }

  @Test
  void nullIsRefused() {
    ManualTime time = new ManualTime();
    assertThatNullPointerException().isThrownBy(() -> time.execute(null));
    assertThatNullPointerException().isThrownBy(() -> time.schedule(null, 1));
  }
}
