package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the line makes of what a rule, a clock or a timer says to it: each waiter hears of it. */
@Tag("unit")
class LineRulesTest {
  private final ManualTime time = new ManualTime();
  private final IllegalStateException broken = new IllegalStateException("broken");

  private static Throwable errorOf(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    return future.handle((value, thrown) -> thrown).join();
  }

  @Test
  void aRuleThatThrowsFailsTheHeadAndIsAskedForTheNext() {
    Rule rule = new Rule(time);
    CompletableFuture<Permit> first = rule.acquire();
    CompletableFuture<Permit> second = rule.acquire();
    rule.thrown = broken;
    rule.refusals = 0;
    rule.look();
    time.runTasks();
    assertThat(errorOf(first)).isSameAs(broken);
    assertThat(second).isCompleted();
  }

  @Test
  void aRuleThatThrowsFailsTheCall() {
    Rule rule = new Rule(time);
    rule.thrown = broken;
    CompletableFuture<String> call =
        rule.execute(() -> CompletableFuture.completedFuture("started"));
    assertThat(errorOf(call)).isSameAs(broken);
  }

  @Test
  void aPermitThatCannotBeMadeForAWaiterIsGivenBackAndTheWaiterHears() {
    Rule rule = new Rule(time);
    CompletableFuture<Permit> waiter = rule.acquire();
    OutOfMemoryError noMemory = new OutOfMemoryError("no permit");
    rule.noPermit = noMemory;
    rule.refusals = 0;
    rule.look();
    time.runTasks();
    assertThat(errorOf(waiter)).isSameAs(noMemory);
    assertThat(rule.undone).isEqualTo(1);
  }

  @Test
  void aRuleThatRefusesWhatItSaysMayBeGrantedIsAskedOnceMoreANanosecondLater() {
    Rule rule = new Rule(time);
    rule.wait = 0;
    CompletableFuture<Permit> waiter = rule.acquire();
    assertThat(waiter).isNotDone();
    assertThat(rule.asked).as("questions, at once").isLessThan(10);
    rule.refusals = 0;
    time.runTasks();
    assertThat(waiter).isNotDone();
    time.advance(Duration.ofNanos(1));
    assertThat(waiter).isCompleted();
  }

  @Test
  void ifTimePassesBetweenTheTwoQuestionsTheGrantComesAtOnce() {
    Rule rule = new Rule(time);
    rule.wait = 0;
    rule.refusals = 3; // the first without the line
    assertThat(rule.acquire()).isCompleted();
  }

  @Test
  void whoAsksForMoreThanCanBeGrantedByNowIsToldSo() {
    Rule rule = new Rule(time);
    rule.whenAsked = () -> rule.most = 2; // after it was checked
    assertThat(errorOf(rule.acquire(3))).isInstanceOf(IllegalArgumentException.class);
    assertThat(rule.waiters()).isZero();
  }

  @Test
  void oneAtTheHeadWhoAsksForMoreThanCanBeGrantedByNowIsToldSo() {
    Rule rule = new Rule(time);
    CompletableFuture<Permit> head = rule.acquire(3);
    rule.most = 2;
    rule.look();
    time.runTasks();
    assertThat(errorOf(head)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMaxWaitThatIsJustLongEnoughIsWaited() {
    Rule rule = new Rule(time);
    rule.wait = 100;
    CompletableFuture<Permit> waiter = rule.acquire(1, Duration.ofNanos(100));
    assertThat(waiter).isNotDone();
    assertThat(rule.acquire(1, Duration.ofNanos(99))).isCompletedExceptionally();
    rule.refusals = 0;
    time.advance(Duration.ofNanos(100));
    assertThat(waiter).isCompleted();
  }

  @Test
  void aTimerThatCannotBeSetFailsTheOneItWasFor() {
    RejectedExecutionException shut = new RejectedExecutionException("the timer is shut down");
    TimeSource clock =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            throw shut;
          }
        };
    Rule rule = new Rule(clock, time);
    rule.wait = 100;
    CompletableFuture<Permit> waiter = rule.acquire();
    time.runTasks();
    assertThat(errorOf(waiter)).isSameAs(shut);
    assertThat(rule.waiters()).isZero();
  }

  @Test
  void aTimerThatThrowsAtACancelIsLoggedAndNoMore() {
    TimeSource clock =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            return () -> {
              throw broken;
            };
          }
        };
    Rule rule = new Rule(clock, time);
    rule.wait = 100;
    CompletableFuture<Permit> waiter = rule.acquire();
    try (Logged logged = new Logged()) {
      assertThat(waiter.cancel(false)).isTrue();
      assertThat(logged.entries())
          .singleElement()
          .extracting(Logged.Entry::thrown)
          .isSameAs(broken);
    }
  }

  @Test
  void theLastWithADeadlineTakesTheTimerAlong() {
    Rule rule = new Rule(time); // nobody knows when it will grant
    CompletableFuture<Permit> patient = rule.acquire();
    assertThat(time.pending()).isZero();
    CompletableFuture<Permit> timed = rule.acquire(1, Duration.ofSeconds(1));
    assertThat(time.pending()).isEqualTo(1);
    timed.cancel(false);
    assertThat(time.pending()).isZero();
    assertThat(patient).isNotDone();
  }

  @Test
  void oneWithADeadlineLeavesTheTimerToTheOthers() {
    Rule rule = new Rule(time);
    rule.acquire();
    CompletableFuture<Permit> sooner = rule.acquire(1, Duration.ofSeconds(1));
    CompletableFuture<Permit> later = rule.acquire(1, Duration.ofSeconds(2));
    sooner.cancel(false);
    time.advance(Duration.ofSeconds(2));
    assertThat(later).isCompletedExceptionally();
    assertThat(time.pending()).isZero();
  }

  @Test
  void aCallForSeveralPermitsGivesItsValue() throws InterruptedException {
    Rule rule = new Rule(time);
    rule.refusals = 0;
    assertThat(rule.<String, RuntimeException>call(2, () -> "value")).isEqualTo("value");
  }

  @Test
  void aPermitWhoseEndDoesNothingSaysSo() {
    Rule rule = new Rule(time);
    rule.refusals = 0;
    assertThat(rule.tryAcquire().orElseThrow()).hasToString("permit (spent)");
  }

  @Test
  void aThreadThatWaitsNeedsNoExecutor() throws Exception {
    Rule rule = new Rule(time); // whose tasks nobody runs
    CompletableFuture<Permit> granted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                granted.complete(rule.acquireBlocking());
              } catch (Throwable e) {
                granted.completeExceptionally(e);
              }
            });
    thread.start();
    while (rule.waiters() == 0) {
      Thread.onSpinWait();
    }
    rule.refusals = 0;
    rule.look();
    assertThat(granted.get(30, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void theFirstToEndACallHasTheSayThoughTheCallItselfTriesToo() {
    Rule rule = new Rule(time);
    rule.refusals = 0;
    CompletableFuture<String> work = new CompletableFuture<>();
    CompletableFuture<String> call = rule.execute(() -> work);
    boolean[] won = new boolean[1];
    work.whenComplete((value, thrown) -> won[0] = call.complete("the call's own"));
    assertThat(call.cancel(true)).isTrue();
    assertThat(won[0]).isFalse();
    assertThat(call).isCancelled();
  }

  @Test
  void completingItElsewhereGivesTheFutureItself() {
    CompletableFuture<Permit> waiter = new Rule(time).acquire();
    assertThat(waiter.completeAsync(() -> null, Runnable::run)).isSameAs(waiter);
    CompletableFuture<Permit> other = new Rule(time).acquire();
    assertThat(other.completeAsync(() -> null)).isSameAs(other);
  }
}
