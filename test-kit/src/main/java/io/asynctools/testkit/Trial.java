package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
  final ManualTime time = new ManualTime(ORIGIN);
  final AsyncRateLimiter limiter;

  private Trial(LimiterHooks hooks, long permits, UnaryOperator<LimiterSettings> change) {
    this.hooks = hooks;
    LimiterSettings settings = new LimiterSettings(NAME, time, time, null, MAX_WAITERS);
    this.limiter = hooks.limiter(time, change.apply(settings), permits);
  }

  /** A limiter that can admit so many permits. */
  static Trial of(LimiterHooks hooks, long permits) {
    return new Trial(hooks, permits, UnaryOperator.identity());
  }

  /** A limiter that can admit so many permits, built with other settings. */
  static Trial of(LimiterHooks hooks, long permits, UnaryOperator<LimiterSettings> change) {
    return new Trial(hooks, permits, change);
  }

  /** A limiter that can admit so many permits, and refuses at once what would have to wait. */
  static Trial impatient(LimiterHooks hooks, long permits) {
    return of(hooks, permits, settings -> settings.withMaxWait(Duration.ZERO));
  }

  /** Runs what was handed to the executor, and lets answers that come later come. */
  void settle() {
    time.runTasks();
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
    assertThat(attempt).as("a try, once every answer is there").isDone();
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
    assertThat(permit).as("a request for what is there").isCompleted();
    return permit.join();
  }

  /** Makes a permit come back. */
  void free(Permit held, long permits) {
    hooks.free(limiter, time, held, permits);
    settle();
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
    for (long i = 0; i < permits; i++) {
      assertThat(attempt(1)).as("permit %s of %s", i + 1, permits).isPresent();
    }
  }

  /** Takes so many permits, which must be there, and nothing above them. */
  void admitsExactly(long permits) {
    admits(permits);
    assertThat(attempt(1)).as("one permit more than %s", permits).isEmpty();
  }

  /** How a future failed, in the words of whoever ended it. */
  static Throwable failure(CompletableFuture<?> future) {
    assertThat(future).as("a future that has failed").isCompletedExceptionally();
    @Nullable Throwable failure = future.handle((value, thrown) -> thrown).join();
    assertThat(failure).isNotNull();
    return failure;
  }

  /** How the limiter refused, checked for what every refusal says. */
  static RejectedException refusal(CompletableFuture<?> future) {
    return refusal(failure(future));
  }

  static RejectedException refusal(Throwable failure) {
    assertThat(failure).isInstanceOf(RejectedException.class);
    RejectedException refusal = (RejectedException) failure;
    assertThat(refusal.limiter()).as("the limiter's name in a refusal").isEqualTo(NAME);
    assertThat(refusal.reason()).as("the reason of a refusal").isNotNull();
    assertThat(refusal).hasMessageContaining(NAME);
    return refusal;
  }
}
