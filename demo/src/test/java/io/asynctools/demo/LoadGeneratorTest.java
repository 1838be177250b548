package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("integration")
@Timeout(60)
class LoadGeneratorTest {
  private static final LoadProfile FIVE = LoadProfile.even(Duration.ofMillis(5), 1_000);

  private final Queue<String> keys = new ConcurrentLinkedQueue<>();
  private final CountDownLatch allThere = new CountDownLatch(5);
  private final ExecutorService threads = Http.threads("server");

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void clientsSendTheirKeysInTurn() throws Exception {
    play(List.of("one", "two"));
    assertThat(keys).containsExactlyInAnyOrder("one", "two", "one", "two", "one");
  }

  @Test
  void clientsWithoutKeysSendNone() throws Exception {
    play(List.of());
    assertThat(keys).hasSize(5).containsOnly("none");
  }

  private void play(List<String> apiKeys) throws Exception {
    HttpServer server =
        Http.serve(
            exchange -> {
              String key = exchange.getRequestHeaders().getFirst(Tenants.HEADER);
              keys.add(key == null ? "none" : key);
              Http.reply(exchange, 200, new byte[0]);
              allThere.countDown();
            },
            threads);
    LoadGenerator load = new LoadGenerator(FIVE, Http.uri(server), apiKeys, new Tally());
    try {
      assertThat(allThere.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      load.close();
      server.stop(0);
    }
  }
}
