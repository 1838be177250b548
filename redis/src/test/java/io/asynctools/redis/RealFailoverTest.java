package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.RejectedException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.spi.Failures;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that change their parts, and networks that swallow packets. */
@Tag("integration")
@Tag("slow")
@Timeout(120)
class RealFailoverTest {

  private static RedisTokenBucket.Builder builder(String uri) {
    return RedisTokenBucket.builder(Rate.parse("1000000/s")).uri(uri).onFailure(OnFailure.CLOSED);
  }

  /** Tries until a try is granted, and gives how long that took. */
  private static long millisUntilGranted(AsyncRateLimiter limiter, int most) throws Exception {
    long start = System.nanoTime();
    while (!isGranted(limiter)) {
      assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(most);
      Thread.sleep(5);
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static boolean isGranted(AsyncRateLimiter limiter) throws Exception {
    return limiter
        .acquire(1, Duration.ZERO)
        .handle((permit, error) -> error == null)
        .get(60, TimeUnit.SECONDS);
  }

  private static Throwable rejection(AsyncRateLimiter limiter) throws Exception {
    return Failures.unwrap(
        limiter.acquire(1, Duration.ZERO).handle((p, error) -> error).get(60, TimeUnit.SECONDS));
  }

  /** 0 new connections in 30 s. */
  @Test
  void anAddressThatMovedWhileTheOldServerWasDemotedIsFoundAgain() throws Exception {
    String program = RedisProcess.embedded();
    try (RedisProcess old = RedisProcess.start(program);
        RedisProcess next = RedisProcess.start(program);
        TcpProxy address = new TcpProxy(old.port);
        RedisTokenBucket limits = builder(address.uri()).build()) {
      limits.ready().get(30, TimeUnit.SECONDS);
      AsyncRateLimiter limiter = limits.forKey("key");
      millisUntilGranted(limiter, 10_000);
      old.command("REPLICAOF 127.0.0.1 " + next.port);
      while (!old.command("INFO replication").contains("master_link_status:up")) {
        Thread.sleep(10);
      }
      assertThat(rejection(limiter))
          .isInstanceOfSatisfying(
              RejectedException.class,
              error -> {
                assertThat(error.reason()).isEqualTo(Reason.UNAVAILABLE);
                assertThat(error.getCause()).hasMessageContaining("READONLY");
              });
      Thread.sleep(2_000); // the demoted server is all there is
      address.leadTo(next.port);
      long millis = millisUntilGranted(limiter, 30_000);
      System.out.println("READONLY: shared again after " + millis + " ms");
      assertThat(millis).isLessThan(2_000);
    }
  }

  /** Over for up to 4.9 s before the limiter noticed. */
  @Test
  void aPartitionThatIsOverIsNoticedWithinASecond() throws Exception {
    try (RedisProcess redis = RedisProcess.start(RedisProcess.embedded());
        TcpProxy address = new TcpProxy(redis.port);
        RedisTokenBucket limits = builder(address.uri()).build()) {
      limits.ready().get(30, TimeUnit.SECONDS);
      AsyncRateLimiter limiter = limits.forKey("key");
      millisUntilGranted(limiter, 10_000);
      long worst = 0;
      for (int i = 0; i < 6; i++) {
        address.swallow(true);
        long end = System.nanoTime() + (1_500 + i * 700) * 1_000_000L;
        while (System.nanoTime() < end) {
          isGranted(limiter);
          Thread.sleep(5);
        }
        address.swallow(false);
        worst = Math.max(worst, millisUntilGranted(limiter, 30_000));
      }
      System.out.println("partition: shared again after at most " + worst + " ms");
      assertThat(worst).isLessThan(2_000); // a second, on a busy machine
    }
  }

  @Test
  void aSentinelsPromotionIsFollowed() throws Exception {
    String program = RedisProcess.embedded();
    int masterPort = RedisProcess.freePort();
    try (RedisProcess master = RedisProcess.start(program, masterPort);
        RedisProcess replica = RedisProcess.start(program, "replicaof 127.0.0.1 " + master.port);
        RedisProcess sentinel =
            RedisProcess.start(
                program,
                "sentinel monitor limits 127.0.0.1 " + master.port + " 1",
                "sentinel down-after-milliseconds limits 1000",
                "sentinel failover-timeout limits 5000")) {
      while (!replica.command("INFO replication").contains("master_link_status:up")
          || !sentinel.command("SENTINEL replicas limits").contains("port")) {
        Thread.sleep(50);
      }
      String uri = "redis-sentinel://127.0.0.1:" + sentinel.port;
      try (RedisTokenBucket limits = builder(uri + "#limits").build();
          RedisTokenBucket wrong = builder(uri + "#limitz").build()) {
        limits.ready().get(30, TimeUnit.SECONDS);
        AsyncRateLimiter limiter = limits.forKey("key");
        millisUntilGranted(limiter, 10_000);
        assertThat(rejection(wrong.forKey("key")))
            .hasMessageContaining("a master that the Sentinels do not know");
        master.kill();
        long millis = millisUntilGranted(limiter, 60_000);
        while (!replica.command("INFO replication").contains("role:master")) {
          Thread.sleep(50);
        }
        System.out.println("Sentinel: shared again " + millis + " ms after the kill");
        assertThat(isGranted(limiter)).isTrue();
      }
    }
  }
}
