package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** The way to a real Redis and back. */
@Tag("integration")
class RealRedisTest {
  private static RedisServer server;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    server = RedisServer.newRedisServer().port(port).setting("save \"\"").build();
    server.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.stop();
  }

  @Test
  void asManyAreGrantedAsTheBucketHolds() throws Exception {
    try (RedisTokenBucket limits =
        RedisTokenBucket.builder(Rate.parse("1/h"))
            .capacity(100)
            .uri("redis://localhost:" + port)
            .commandTimeout(Duration.ofSeconds(5))
            .build()) {
      AsyncRateLimiter limiter = limits.forKey("a");
      List<CompletableFuture<Permit>> tries = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        tries.add(limiter.acquire(1, Duration.ZERO));
      }
      for (CompletableFuture<Permit> each : tries) {
        each.handle((permit, refusal) -> permit).get();
      }
      assertThat(tries).filteredOn(each -> !each.isCompletedExceptionally()).hasSize(100);
      tries
          .get(120)
          .handle(
              (p, e) -> {
                System.out.println(e);
                return 1;
              });
    }
  }
}
