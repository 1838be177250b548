package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When the line looks at its head: timers may ring early, late or never, and nobody is asked in
 * vain.
 */
@Tag("unit")
class AlarmTest {
  private final HandRung clock = new HandRung();
  private final Rule rule = new Rule(clock, Runnable::run);

  /** A clock whose timers ring when the test rings them, whatever they were told. */
  private static final class HandRung implements TimeSource {
    private final List<Runnable> timers = new ArrayList<>(); // all that were ever set
    private boolean ringsAtOnce;
    private long now = Long.MAX_VALUE - 50; // wraps before long
    private int readings;

    @Override
    public long nanoTime() {
      readings++;
      return now;
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      timers.add(task);
      if (ringsAtOnce) {
        task.run();
      }
      return () -> true;
    }

    void ringLast() {
      timers.get(timers.size() - 1).run();
    }
  }

  private CompletableFuture<Permit> headThatWaits(long nanos) {
    rule.wait = nanos;
    return rule.acquire();
  }

  // ---- Early, late, never

  @Test
  void aTimerThatRingsTooEarlyIsSetAgain() {
    CompletableFuture<Permit> head = headThatWaits(100);
    clock.now += 40;
    rule.wait = 60;
    clock.ringLast();
    assertThat(head).isNotDone();
    assertThat(clock.timers).hasSize(2);
    clock.now += 60;
    rule.refusals = 0;
    clock.ringLast();
    assertThat(head).isCompleted();
  }

  @Test
  void oneWhoIsRefusedMakesUpForATimerThatIsLate() {
    CompletableFuture<Permit> head = headThatWaits(100);
    clock.now += 100; // just now
    rule.refusals = 0;
    comeTo(rule, false);
    assertThat(head).isCompleted();
  }

  @Test
  void oneWhoJoinsMakesUpForATimerThatIsLate() {
    CompletableFuture<Permit> head = headThatWaits(100);
    clock.now += 100;
    rule.refusals = 0;
    assertThat(rule.acquire()).isCompleted();
    assertThat(head).isCompleted();
  }

  @Test
  void aTimerThatIsLateIsSetAnewIfTheHeadHasToWaitOn() {
    CompletableFuture<Permit> head = headThatWaits(100);
    clock.now += 100;
    rule.look();
    assertThat(clock.timers).hasSize(2);
    rule.refusals = 0;
    clock.ringLast();
    assertThat(head).isCompleted();
  }

  @Test
  void aTimerThatRingsWhileItIsSetIsSetTwiceAndNoMore() {
    clock.ringsAtOnce = true;
    CompletableFuture<Permit> head = headThatWaits(100);
    assertThat(clock.timers).hasSize(2);
    clock.now += 100;
    rule.refusals = 0;
    assertThat(rule.acquire()).isCompleted();
    assertThat(head).as("for want of a timer, granted when the next one came").isCompleted();
  }

  /** For want of memory, say. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLookThatFailedIsMadeUpForOnceByTheNextToCome(boolean joins) {
    OutOfMemoryError noMemory = new OutOfMemoryError("no look");
    boolean[] fails = {true};
    Rule unlucky =
        new Rule(clock, Runnable::run) {
          @Override
          void forgetAnswer() {
            if (fails[0]) {
              throw noMemory;
            }
          }
        };
    unlucky.acquire();
    assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(unlucky::look).isSameAs(noMemory);
    fails[0] = false;
    int asked = unlucky.asked;
    comeTo(unlucky, joins);
    assertThat(unlucky.asked).isEqualTo(asked + 1);
    comeTo(unlucky, joins);
    assertThat(unlucky.asked).isEqualTo(asked + 1);
  }

  // ---- Nobody is asked in vain

  @Test
  void oneWhoJoinsOthersAsksNeitherTheRuleNorTheClock() {
    headThatWaits(RateLimiterBase.UNKNOWN);
    int asked = rule.asked;
    int readings = clock.readings;
    comeTo(rule, true);
    assertThat(rule.asked).isEqualTo(asked);
    assertThat(clock.readings).isEqualTo(readings);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whileTheTimerIsInTimeNobodyWhoComesAsksTheRule(boolean joins) {
    headThatWaits(100);
    clock.now += 99;
    int asked = rule.asked;
    comeTo(rule, joins);
    assertThat(rule.asked).isEqualTo(asked);
  }

  @Test
  void oneWithADeadlineWhoLeavesOthersWithOneAsksNobody() {
    headThatWaits(RateLimiterBase.UNKNOWN);
    CompletableFuture<Permit> sooner = rule.acquire(1, Duration.ofNanos(100));
    rule.acquire(1, Duration.ofNanos(200));
    int asked = rule.asked;
    sooner.cancel(false);
    assertThat(rule.asked).isEqualTo(asked);
  }

  @Test
  void aTimerIsSetAnewOnlyIfItWouldRingTooLate() {
    headThatWaits(100);
    rule.look(); // for the same instant
    rule.wait = 150;
    rule.look();
    assertThat(clock.timers).hasSize(1);
    rule.wait = 99;
    rule.look();
    assertThat(clock.timers).hasSize(2);
  }

  /** Joins, to wait; or comes to be refused. */
  private static void comeTo(Rule rule, boolean joins) {
    CompletableFuture<Permit> newcomer = joins ? rule.acquire() : rule.acquire(1, Duration.ZERO);
    assertThat(newcomer.isDone()).isNotEqualTo(joins);
  }
}
