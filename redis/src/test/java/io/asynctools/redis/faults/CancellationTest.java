package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisConsole;
import io.asynctools.redis.server.RedisServerProcess;
import io.asynctools.redis.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A cancel before, while and after the command is under way: never over-admits, and burns nothing
 * but what was in flight when the answer was lost. Hardly a token comes in while a test runs, so
 * that tokens can be counted.
 *
 * <p>Promises: Redis 3, All 3.
 */
@Tag("integration")
class CancellationTest {
  private static final String KEY = "cancelled";
  private static final int CAPACITY = 100;

  private RedisServerProcess server;
  private TcpProxy proxy;
  private RedisTokenBucket throughProxy;
  private RedisTokenBucket other;
  private AsyncRateLimiter limiter;

  @BeforeEach
  void start() throws Exception {
    server = RedisServerProcess.start();
    proxy = new TcpProxy(server.port());
    throughProxy = machine(proxy.uri(), Duration.ofSeconds(2));
    other = machine(server.uri(), Duration.ofSeconds(5));
    limiter = throughProxy.forKey(KEY);
    assertThat(Caller.tries(limiter).isGranted()).isTrue();
  }

  @AfterEach
  void stop() throws Exception {
    throughProxy.close();
    other.close();
    proxy.close();
    server.close();
  }

  private static RedisTokenBucket machine(String uri, Duration timeout) {
    return RedisTokenBucket.builder(Rate.parse("1/h"))
        .uri(uri)
        .capacity(CAPACITY)
        .onFailure(OnFailure.CLOSED)
        .commandTimeout(timeout)
        .build();
  }

  private int left() throws Exception {
    return Caller.takeAll(other.forKey(KEY));
  }

  /** Until the server has decided so many times in all. */
  private void awaitDecisions(long count) throws Exception {
    try (RedisConsole console = server.console()) {
      Eventually.within(5, "decisions", () -> console.calls("evalsha") >= count);
    }
  }

  private long decisions() throws Exception {
    try (RedisConsole console = server.console()) {
      return console.calls("evalsha");
    }
  }

  @Test
  void beforeTheCommandIsSentItCostsNothing() throws Exception {
    long decided = decisions();
    proxy.holdAnswers();
    CompletableFuture<Permit> head = limiter.acquire();
    awaitDecisions(decided + 1);
    List<CompletableFuture<Permit>> behind = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      behind.add(limiter.acquire());
    }

    behind.forEach(future -> future.cancel(true));
    proxy.resume();

    head.get(10, TimeUnit.SECONDS);
    assertThat(left()).isEqualTo(CAPACITY - 2);
  }

  @Test
  void whileTheCommandIsUnderWayItGivesBackWhatWasGranted() throws Exception {
    long decided = decisions();
    proxy.holdAnswers();
    CompletableFuture<Permit> head = limiter.acquire(7);
    awaitDecisions(decided + 1);
    assertThat(debtHours()).as("granted, and nobody knows yet").isEqualTo(8);

    head.cancel(true);
    proxy.resume();

    Eventually.within(5, "the tokens' return", () -> debtHours() == 1);
    assertThat(left()).isEqualTo(CAPACITY - 1);
  }

  @Test
  void whileTheCommandIsUnderWayWhoeverIsBehindGetsWhatWasGranted() throws Exception {
    long decided = decisions();
    proxy.holdAnswers();
    CompletableFuture<Permit> head = limiter.acquire();
    CompletableFuture<Permit> next = limiter.acquire();
    awaitDecisions(decided + 1);

    head.completeExceptionally(new IllegalStateException("no longer wanted"));
    proxy.resume();

    next.get(10, TimeUnit.SECONDS);
    Eventually.within(5, "the tokens' return", () -> debtHours() == 2);
    assertThat(left()).isEqualTo(CAPACITY - 2);
  }

  @Test
  void afterTheGrantItChangesNothing() throws Exception {
    CompletableFuture<Permit> granted = limiter.acquire();
    granted.get(10, TimeUnit.SECONDS);

    assertThat(granted.cancel(true)).isFalse();

    assertThat(left()).isEqualTo(CAPACITY - 2);
  }

  @Test
  void aLateGrantGoesBack() throws Exception {
    long decided = decisions();
    proxy.holdAnswers();
    Caller caller = Caller.tries(limiter);
    awaitDecisions(decided + 1);
    assertThat(caller.isGranted()).as("after the time-out").isFalse();

    proxy.resume();

    Eventually.within(10, "the late token's return", () -> debtHours() == 1);
    assertThat(left()).isEqualTo(CAPACITY - 1);
  }

  @Test
  void aLostAnswerBurnsNoMoreThanWasInFlight() throws Exception {
    long decided = decisions();
    proxy.holdAnswers();
    CompletableFuture<Permit> head = limiter.acquire();
    awaitDecisions(decided + 1);
    List<CompletableFuture<Permit>> behind = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      behind.add(limiter.acquire());
    }
    head.cancel(true);
    proxy.cut();
    behind.forEach(future -> future.cancel(true));
    proxy.resume();

    assertThat(left()).isBetween(CAPACITY - 2, CAPACITY - 1);
  }

  /** Two machines, thousands of callers, many of whom leave at an instant that is chance. */
  @Test
  void aStormOfCancelsBurnsNothingAndDoublesNothing() throws Exception {
    int capacity = 3_000;
    int before = 200; // so that what comes back meets no full bucket
    try (RedisTokenBucket one = storming(capacity);
        RedisTokenBucket two = storming(capacity)) {
      one.forKey("storm").acquire(before).get(10, TimeUnit.SECONDS);
      Random random = new Random(14);
      int[] asked = new int[8_000];
      List<CompletableFuture<Permit>> futures = new ArrayList<>();
      for (int i = 0; i < asked.length; i++) {
        asked[i] = 1 + random.nextInt(2);
        AsyncRateLimiter from = (random.nextBoolean() ? one : two).forKey("storm");
        CompletableFuture<Permit> future = from.acquire(asked[i]);
        futures.add(future);
        if (random.nextInt(3) == 0) {
          futures.get(random.nextInt(futures.size())).cancel(true);
        } else if (random.nextInt(20) == 0) {
          future.orTimeout(random.nextInt(3_000) + 1, TimeUnit.MICROSECONDS);
        } else if (random.nextInt(4) == 0) {
          future.cancel(true);
        }
        if (i % 50 == 0) {
          Thread.sleep(1);
        }
      }
      // Nobody gets any more: the rest leaves too.
      Thread.sleep(300);
      futures.forEach(future -> future.cancel(true));
      awaitQuiet();
      int granted = 0;
      for (int i = 0; i < asked.length; i++) {
        granted += futures.get(i).isCompletedExceptionally() ? 0 : asked[i];
      }
      int left = Caller.takeAll(two.forKey("storm"));
      Figures.say("a storm of cancels: %d permits granted, %d left", granted, left);
      assertThat(granted).isGreaterThan(500);
      assertThat(before + granted + left).isEqualTo(capacity);
    }
  }

  /** Until no script runs any more. */
  private void awaitQuiet() throws Exception {
    try (RedisConsole console = server.console()) {
      for (long last = -1, calls = console.calls("evalsha"); calls != last; ) {
        Thread.sleep(100);
        last = calls;
        calls = console.calls("evalsha");
      }
    }
  }

  private RedisTokenBucket storming(int capacity) {
    return RedisTokenBucket.builder(Rate.parse("1/d"))
        .uri(server.uri())
        .capacity(capacity)
        .onFailure(OnFailure.CLOSED)
        .commandTimeout(Duration.ofSeconds(20))
        .build();
  }

  /** How many tokens are missing in the bucket, as the server has it. */
  private long debtHours() throws Exception {
    long micros =
        (Long)
            server.command(
                "EVAL",
                "local v = redis.call('GET', KEYS[1]) "
                    + "return v and select(6, struct.unpack('>BI7I7I7I7I7', v)) or 0",
                "1",
                "async-tools:" + KEY);
    return Math.round(micros / (double) TimeUnit.HOURS.toMicros(1));
  }
}
