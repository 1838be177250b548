package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Rate;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisServerProcess;
import io.asynctools.redis.server.TcpProxy;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing ends every wait and every thread of ours, whatever state Redis is in. */
@Tag("integration")
class ClosingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private RedisServerProcess server;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws Exception {
    server = RedisServerProcess.start();
    proxy = new TcpProxy(server.port());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    server.close();
  }

  private static RedisTokenBucket.Builder builder() {
    return RedisTokenBucket.builder(Rate.parse("1/h")).capacity(1);
  }

  @ParameterizedTest
  @EnumSource
  void endsEveryWaitAndEveryThread(Fault fault) throws Exception {
    NewThreads threads = new NewThreads();
    RedisTokenBucket bucket = builder().uri(proxy.uri()).build();
    AsyncRateLimiter limiter = bucket.forKey("key");
    Caller.takesFirst(limiter);
    List<Caller> waiters = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiters.add(Caller.waits(limiter));
    }
    fault.inject(server, proxy);
    for (int i = 0; i < 3; i++) {
      waiters.add(Caller.waits(bucket.forKey("other " + i)));
    }
    Thread.sleep(50);

    long start = System.nanoTime();
    bucket.close();
    long nanos = System.nanoTime() - start;
    bucket.close();

    Figures.say("%s: close took %.1f ms", fault, nanos / 1e6);
    assertThat(nanos).as("close waits for nobody").isLessThan(TimeUnit.SECONDS.toNanos(1));
    int granted = 0;
    for (Caller waiter : waiters.subList(0, 10)) {
      if (waiter.isGranted()) {
        granted++;
      } else {
        assertThat(waiter.error()).isInstanceOf(LimiterClosedException.class);
      }
    }
    // The head may have asked just after Redis forgot that the bucket was empty.
    assertThat(granted).isLessThanOrEqualTo(fault == Fault.KEYS_FLUSHED ? 1 : 0);
    for (Caller waiter : waiters.subList(10, 13)) {
      waiter.hasAnswer();
    }
    assertThat(Caller.tries(limiter).hasAnswer().error())
        .isInstanceOf(LimiterClosedException.class);
    assertThat(limiter.tryAcquire()).isEmpty();
    threads.end();
    fault.mend(server, proxy);
    assertThat(threads.names()).as("after Redis is back").isEmpty();
  }

  @Test
  void aBucketThatNeverReachedRedisEndsToo() throws Exception {
    server.kill();
    NewThreads threads = new NewThreads();
    RedisTokenBucket bucket = builder().uri(server.uri()).build();
    Caller caller = Caller.waits(bucket.forKey("key"));
    Thread.sleep(300);
    bucket.close();
    assertThat(caller.hasAnswer().error()).isInstanceOf(LimiterClosedException.class);
    threads.end();
  }

  @Test
  void aBucketThatIsClosedAtOnceEndsToo() throws Exception {
    NewThreads threads = new NewThreads();
    for (int i = 0; i < 5; i++) {
      builder().uri(i % 2 == 0 ? server.uri() : "redis://127.0.0.1:1").build().close();
    }
    threads.end();
    // Only the one that asks is left.
    Eventually.within(5, "the end of connections", () -> clients() == 1);
  }

  @Test
  void aBucketBuiltWhileRedisIsDeadFindsItLater() throws Exception {
    server.kill();
    try (RedisTokenBucket bucket =
        RedisTokenBucket.builder(Rate.parse("1/h"))
            .capacity(5)
            .onFailure(OnFailure.CLOSED)
            .uri(server.uri())
            .build()) {
      assertThat(Caller.tries(bucket.forKey("key")).isGranted()).isFalse();
      server.restart();
      long millis =
          Eventually.within(
              10, "Redis found", () -> Caller.tries(bucket.forKey("key")).isGranted());
      Figures.say("found Redis %d ms after it came up", millis);
      assertThat(Caller.takeAll(bucket.forKey("key"))).isEqualTo(4);
    }
  }

  @Test
  void aConnectionOfTheUsersOwnStaysOpen() throws Exception {
    RedisClient client = RedisClient.create(server.uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisTokenBucket bucket =
          builder().capacity(3).commandTimeout(PATIENCE).connection(connection).build();
      assertThat(Caller.takeAll(bucket.forKey("key"))).isEqualTo(3);
      Caller waiter = Caller.waits(bucket.forKey("key"));
      bucket.close();
      assertThat(waiter.hasAnswer().error()).isInstanceOf(LimiterClosedException.class);
      assertThat(connection.isOpen()).isTrue();
      assertThat(connection.sync().ping()).isEqualTo("PONG");
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  private long clients() throws Exception {
    return ((String) server.command("CLIENT", "LIST")).lines().count();
  }
}
