package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A fresh limiter on trial, with its own time, and the steps that the tests are told in. */
final class Trial {
  static final String NAME = "on trial";

  /** More than any line in a test has to wait for. */
  static final Duration LONG = Duration.ofDays(100 * 365);

  private static final long ORIGIN = Long.MAX_VALUE - 500_000_000; // wraps half a second later
  private static final int MAX_WAITERS = 1 << 20;

  private final LimiterHooks hooks;
  private final long limit;
  final ManualTime time = new ManualTime(ORIGIN);

  /** The limiter's executor, where that is not its time: see {@link #holdBack}. */
  private final ManualTime deliveries = new ManualTime();

  private boolean holdsBack;
  final AsyncRateLimiter limiter;

  private Trial(LimiterHooks hooks, long permits, UnaryOperator<LimiterSettings> change) {
    this.hooks = hooks;
    this.limit = permits;
    LimiterSettings settings = new LimiterSettings(NAME, time, time, null, MAX_WAITERS);
    this.limiter = hooks.limiter(time, change.apply(settings), permits);
  }

  private Trial(LimiterHooks hooks, long permits) {
    this.hooks = hooks;
    this.limit = permits;
    Executor executor = deliveries;
    LimiterSettings settings = new LimiterSettings(NAME, time, executor, null, MAX_WAITERS);
    this.limiter = hooks.limiter(time, settings, permits);
  }

  /** A limiter that can admit so many permits. */
  static Trial of(LimiterHooks hooks, long permits) {
    return new Trial(hooks, permits, UnaryOperator.identity());
  }

  /** A limiter that can admit so many permits, built with other settings. */
  static Trial of(LimiterHooks hooks, long permits, UnaryOperator<LimiterSettings> change) {
    return new Trial(hooks, permits, change);
  }

  /** A limiter that can grant N permits, with an executor that can be stopped. */
  static Trial withSlowDelivery(LimiterHooks hooks, long permits) {
    return new Trial(hooks, permits);
  }

  /** Stops the executor: from now on grants to waiters are decided but not delivered. */
  void holdBack() {
    holdsBack = true;
  }

  /** Lets the executor run again, and delivers what it was given. */
  void deliver() {
    holdsBack = false;
    settle();
  }

  /** A limiter that can admit so many permits, and refuses at once what would have to wait. */
  static Trial impatient(LimiterHooks hooks, long permits) {
    return of(hooks, permits, settings -> settings.withMaxWait(Duration.ZERO));
  }

  /** Runs what was handed to the executor, and lets answers that come later come. */
  void settle() {
    time.runTasks();
    if (!holdsBack) {
      deliveries.runTasks();
      time.runTasks();
      deliveries.runTasks();
    }
  }

  /** Lets answers that come later come; for others what they say has to be there already. */
  void answers() {
    if (hooks.answersLater()) {
      settle();
    }
  }

  /** The try, in the form in which this limiter has one. */
  Optional<Permit> attempt(long permits) {
    if (!hooks.answersLater()) {
      return limiter.tryAcquire(permits);
    }
    CompletableFuture<Permit> attempt = limiter.acquire(permits, Duration.ZERO);
    settle();
    assertThat(attempt)
        .as("acquire(%s, ZERO) must have ended once all answers have come", permits)
        .isDone();
    if (attempt.isCompletedExceptionally()) {
      refusal(attempt);
      return Optional.empty();
    }
    return Optional.of(attempt.join());
  }

  /** A permit that has to be there. */
  Permit take(long permits) {
    CompletableFuture<Permit> permit = limiter.acquire(permits);
    settle();
    assertThat(permit)
        .as("a limiter of %s must grant a request for %s that fits at once", limit, permits)
        .isCompleted();
    return permit.join();
  }

  /** Makes a permit come back. */
  void free(Permit held, long permits) {
    hooks.free(limiter, time, held, permits);
    settle();
  }

  /** How many permits are back once so many were freed: all that were out, or just those. */
  long back(long freed) {
    return hooks.permitsComeBackTogether() ? limit : freed;
  }

  /** Makes permits come back whose calls have ended: by themselves, unless it takes time. */
  void comeBack(long permits) {
    Duration every = hooks.permitEvery();
    if (every != null) {
      time.advance(every.multipliedBy(permits));
    }
    settle();
  }

  void close() {
    hooks.close(limiter);
    settle();
  }

  /** Takes so many permits, which must be there. */
  void admits(long permits) {
    for (long i = 1; i <= permits; i++) {
      assertThat(attempt(1))
          .as("a limiter of %s with %s permits back must grant permit %s", limit, permits, i)
          .isPresent();
    }
  }

  /** Takes so many permits, which must be there, and nothing above them. */
  void admitsExactly(long permits) {
    admits(permits);
    assertThat(attempt(1))
        .as(
            "a limiter of %s with %s permits back must reject permit %s",
            limit, permits, permits + 1)
        .isEmpty();
  }

  /** Checks that no permit is there for a try. */
  void rejects(long permits, String why) {
    assertThat(attempt(permits))
        .as("a limiter of %s must reject a try for %s: %s", limit, permits, why)
        .isEmpty();
  }

  /** Checks that {@code tryAcquire} gave nothing. */
  void triesInVain(Optional<Permit> permit) {
    assertThat(permit)
        .as(
            "tryAcquire must be empty on a limiter of %s that is closed, queues or is used up",
            limit)
        .isEmpty();
  }

  void hasWaiters(int waiters) {
    if (hooks instanceof WaiterHooks queueing) {
      assertThat(queueing.waiters(limiter))
          .as("%s requests must be in the wait queue", waiters)
          .isEqualTo(waiters);
    }
  }

  void hasNoTimers(String when) {
    assertThat(time.pending()).as("0 timers must be set %s", when).isZero();
  }

  static void isGranted(CompletableFuture<?> future, String who) {
    assertThat(future).as("%s must have succeeded by now", who).isCompleted();
  }

  static void waits(CompletableFuture<?> future, String who) {
    assertThat(future).as("%s must not end yet", who).isNotDone();
  }

  static void isRunning(CompletableFuture<?> call) {
    assertThat(call).as("a call must run on until it ends by itself or is ended").isNotDone();
  }

  /** How a future failed, in the words of whoever ended it. */
  static Throwable failure(CompletableFuture<?> future) {
    assertThat(future).as("this request or call must have failed").isCompletedExceptionally();
    @Nullable Throwable failure = future.handle((value, thrown) -> thrown).join();
    assertThat(failure).as("the failure of a future must not be null").isNotNull();
    return failure;
  }

  /** How the limiter refused, checked for what every refusal says. */
  static RejectedException refusal(CompletableFuture<?> future) {
    return refusal(failure(future));
  }

  static RejectedException refusal(Throwable failure) {
    assertThat(failure)
        .as("a rejection must be a RejectedException")
        .isInstanceOf(RejectedException.class);
    RejectedException refusal = (RejectedException) failure;
    assertThat(refusal.limiter())
        .as("a rejection must name its limiter, '%s'", NAME)
        .isEqualTo(NAME);
    assertThat(refusal.reason()).as("a rejection must have a reason").isNotNull();
    assertThat(refusal)
        .as("the message of a rejection must name its limiter, '%s'", NAME)
        .hasMessageContaining(NAME);
    return refusal;
  }
}
