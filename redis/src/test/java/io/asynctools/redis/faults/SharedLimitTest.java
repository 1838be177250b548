package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisConsole;
import io.asynctools.redis.server.RedisServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Machines that share a bucket on a real Redis; hardly a token comes in while a test runs.
 *
 * <p>Promises: Redis 1, Redis 2.
 */
@Tag("integration")
class SharedLimitTest {
  private static final Rate SLOW = Rate.parse("1/h");

  private RedisServerProcess server;

  @BeforeEach
  void start() throws Exception {
    server = RedisServerProcess.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RedisTokenBucket machine(long capacity) {
    return RedisTokenBucket.builder(SLOW)
        .uri(server.uri())
        .capacity(capacity)
        .commandTimeout(Duration.ofSeconds(5))
        .build();
  }

  @Test
  void twoMachinesTakeFromOneBucket() throws Exception {
    try (RedisTokenBucket one = machine(100);
        RedisTokenBucket other = machine(100)) {
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        callers.add(Caller.tries(one.forKey("shared")));
        callers.add(Caller.tries(other.forKey("shared")));
      }
      int granted = 0;
      for (Caller caller : callers) {
        granted += caller.isGranted() ? 1 : 0;
      }
      assertThat(granted).isEqualTo(100);
      assertThat(Caller.takeAll(one.forKey("another"))).isEqualTo(100);
    }
  }

  @Test
  void aRefusalSaysWhenToComeBackByTheServersClock() throws Exception {
    try (RedisTokenBucket one = machine(2)) {
      AsyncRateLimiter limiter = one.forKey("empty");
      assertThat(Caller.takeAll(limiter)).isEqualTo(2);

      Throwable error = Caller.tries(limiter).hasAnswer().error();

      assertThat(error).isInstanceOf(RateLimitExceededException.class);
      RateLimitExceededException refusal = (RateLimitExceededException) error;
      assertThat(refusal.reason()).isEqualTo(Reason.RATE);
      assertThat(refusal.retryAfter().orElseThrow())
          .isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    }
  }

  @Test
  void aHotKeyAsksOnceForAllWhoArrivedMeanwhile() throws Exception {
    try (RedisTokenBucket one = machine(3_000)) {
      AsyncRateLimiter limiter = one.forKey("hot");
      limiter.acquire().get(10, TimeUnit.SECONDS);
      try (RedisConsole console = server.console()) {
        long before = console.calls("evalsha");
        List<CompletableFuture<Permit>> futures = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
          futures.add(limiter.acquire());
        }
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
            .get(20, TimeUnit.SECONDS);
        long questions = console.calls("evalsha") - before;
        Figures.say("%d questions for 2000 permits of a hot key", questions);
        assertThat(questions).isBetween(1L, 500L);
      }
      assertThat(Caller.takeAll(limiter)).as("not over-asked").isEqualTo(999);
    }
  }

  @Test
  void aLargeRequestIsAllOrNoneAndInItsPlace() throws Exception {
    try (RedisTokenBucket one = machine(10)) {
      AsyncRateLimiter limiter = one.forKey("large");
      CompletableFuture<Permit> first = limiter.acquire(8);
      CompletableFuture<Permit> large = limiter.acquire(3);
      Caller small = Caller.waits(limiter);
      first.get(10, TimeUnit.SECONDS);
      Thread.sleep(100);
      assertThat(large).isNotDone();
      assertThat(small.isAnswered()).as("overtakes nobody").isFalse();

      large.cancel(true);

      assertThat(small.isGranted()).isTrue();
      assertThat(Caller.takeAll(limiter)).isEqualTo(1);
    }
  }

  @Test
  void tryAcquireHoldsNothingAndAsksNobody() throws Exception {
    try (RedisTokenBucket one = machine(10);
        RedisConsole console = server.console()) {
      AsyncRateLimiter limiter = one.forKey("tried");
      assertThat(Caller.tries(limiter).isGranted()).isTrue();
      long before = console.calls("evalsha");

      assertThat(limiter.tryAcquire()).isEqualTo(Optional.empty());

      assertThat(console.calls("evalsha")).isEqualTo(before);
      assertThat(Caller.takeAll(limiter)).isEqualTo(9);
    }
  }

  @Test
  void aWaiterGetsATokenThatCameInMeanwhile() throws Exception {
    try (RedisTokenBucket one =
        RedisTokenBucket.builder(Rate.parse("10/s"))
            .uri(server.uri())
            .capacity(1)
            .commandTimeout(Duration.ofSeconds(5))
            .build()) {
      AsyncRateLimiter limiter = one.forKey("slow");
      assertThat(Caller.tries(limiter).isGranted()).isTrue();
      List<Caller> waiters = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        waiters.add(Caller.waits(limiter));
      }
      Caller last = waiters.get(4).hasAnswer();
      assertThat(waiters).allMatch(waiter -> waiter.isAnswered() && waiter.error() == null);
      // Five tokens take half a second, less the one round trip that the first may have waited.
      assertThat(last.nanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
    }
  }
}
