package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All calls are watched by one timer, each to its own instant. */
@Tag("unit")
class TimeoutsTest {
  private static final Duration TIMEOUT = Duration.ofMillis(100);

  private final ManualTime time = new ManualTime(Long.MAX_VALUE - 50_000_000); // wraps meanwhile
  private final Timeouts timeouts = new Timeouts(time, TIMEOUT.toNanos(), any -> 0);
  private final List<Integer> failed = new ArrayList<>();

  private ScriptCall watched(int number) {
    ScriptCall call = call(number);
    timeouts.watch(call);
    return call;
  }

  private ScriptCall call(int number) {
    return new ScriptCall(Script.TAKE, "key", new Numbers(), new Numbers()) {
      @Override
      void onReply(long first, long second, long third) {}

      @Override
      void onLateReply(long first, long second, long third) {}

      @Override
      void onFailure(Throwable error) {
        failed.add(number);
      }
    };
  }

  @Test
  void eachIsEndedInItsTimeAndThereIsOneTimer() {
    watched(1);
    time.advance(Duration.ofMillis(30));
    ScriptCall answered = watched(2);
    time.advance(Duration.ofMillis(30));
    watched(3);
    answered.reply(0, 0, 0);
    assertThat(time.pending()).isOne();
    time.advance(Duration.ofMillis(40).minusNanos(1));
    assertThat(failed).isEmpty();
    time.advance(Duration.ofNanos(1));
    assertThat(failed).containsExactly(1);
    time.advance(Duration.ofMillis(60).minusNanos(1));
    assertThat(failed).containsExactly(1);
    time.advance(Duration.ofNanos(1));
    assertThat(failed).containsExactly(1, 3);
    assertThat(time.pending()).as("timers, once no call is out").isZero();
    watched(4);
    time.advance(TIMEOUT);
    assertThat(failed).containsExactly(1, 3, 4);
  }

  @Test
  void noTimerIsLeftAfterTheLastAnswerForLongerThanATimeOut() {
    watched(1).reply(0, 0, 0);
    time.advance(TIMEOUT);
    assertThat(time.pending()).isZero();
  }

  @Test
  void closingEndsTheTimer() {
    watched(1);
    timeouts.close();
    assertThat(time.pending()).isZero();
    watched(2);
    assertThat(time.pending()).isZero();
  }

  /** It is not sent then; the next tries again to set the timer. */
  @Test
  void aCallForWhichNoTimerCouldBeSetIsNotWatched() {
    StumblingTime clock = new StumblingTime(time);
    clock.setsTimers = false;
    Timeouts some = new Timeouts(clock, TIMEOUT.toNanos(), any -> 0);
    assertThatIllegalStateException().isThrownBy(() -> some.watch(call(1)));
    clock.setsTimers = true;
    some.watch(call(2));
    time.advance(TIMEOUT);
    assertThat(failed).containsExactly(2);
  }

  /** The machine stood still: what has been answered meanwhile gets a moment to be read. */
  @Test
  void aTimerThatRingsLateBlamesRedisOnlyAMomentLater() {
    List<Runnable> timers = new ArrayList<>();
    AtomicLong now = new AtomicLong();
    TimeSource stalled =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return now.get();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            timers.add(task);
            return () -> timers.remove(task);
          }
        };
    Timeouts late = new Timeouts(stalled, TIMEOUT.toNanos(), any -> 0);
    ScriptCall lost = call(1);
    ScriptCall answered = call(2);
    late.watch(lost);
    late.watch(answered);
    now.set(TIMEOUT.toNanos() * 3);
    timers.remove(0).run();
    assertThat(failed).isEmpty();
    answered.reply(0, 0, 0);
    now.addAndGet(Duration.ofMillis(50).toNanos()); // late again: no second moment
    timers.remove(0).run();
    assertThat(failed).containsExactly(1);
    assertThat(timers).isEmpty();
  }

  /** A clock that throws once fails the call that needed it, if there is one, and no other. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "0, 1", "0, 2"})
  void aClockThatThrowsOnceEndsNoWatch(int whileWatching, int whileRinging) {
    StumblingTime clock = new StumblingTime(time);
    Timeouts broken = new Timeouts(clock, TIMEOUT.toNanos(), any -> 0);
    clock.throwAt(whileWatching);
    try {
      broken.watch(call(1));
    } catch (IllegalStateException e) {
      failed.add(1);
    }
    clock.throwAt(whileRinging);
    try {
      time.advance(TIMEOUT);
    } catch (IllegalStateException e) { // what a timer does with that is its own affair
      time.advance(Duration.ZERO);
    }
    broken.watch(call(2));
    time.advance(TIMEOUT);
    assertThat(failed).containsExactly(1, 2);
    assertThat(time.pending()).isZero();
  }

  @Test
  void aCallThatComesWhileTheFirstConnectionIsMadeHasMoreTime() {
    long until = time.nanoTime() + TIMEOUT.multipliedBy(3).toNanos();
    Timeouts starting = new Timeouts(time, TIMEOUT.toNanos(), now -> Math.max(until - now, 0));
    ScriptCall call = call(1);
    starting.watch(call);
    time.advance(TIMEOUT.multipliedBy(3).minusNanos(1));
    assertThat(call.isOver()).isFalse();
    time.advance(Duration.ofNanos(1));
    assertThat(call.isOver()).isTrue();
  }
}
