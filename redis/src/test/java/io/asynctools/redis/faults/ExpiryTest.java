package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisConsole;
import io.asynctools.redis.server.RedisServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A key leaves Redis by itself when its bucket is full again, and takes few bytes until then. */
class ExpiryTest {

  private static RedisTokenBucket bucket(String uri, String rate, long capacity) {
    return RedisTokenBucket.builder(Rate.parse(rate))
        .uri(uri)
        .capacity(capacity)
        .onFailure(OnFailure.CLOSED)
        .commandTimeout(Duration.ofSeconds(20))
        .build();
  }

  @Test
  @Tag("integration")
  void everyKeyHasItsTimeAndIsGoneAfterIt() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), "1/s", 5);
        RedisConsole console = server.console()) {
      List<CompletableFuture<Permit>> all = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        all.add(bucket.forKey("key-" + i).acquire());
      }
      bucket.forKey("longer").acquire(3).get(10, TimeUnit.SECONDS);
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
      long last = System.nanoTime();
      long bytes = console.number("MEMORY", "USAGE", "async-tools:key-500");
      Figures.say("MEMORY USAGE of a key of 7 characters and 12 of prefix: %d", bytes);
      assertThat(bytes).isLessThanOrEqualTo(160);
      assertThat(console.number("PTTL", "async-tools:longer")).isBetween(1_500L, 3_010L);
      assertThat(console.number("DBSIZE")).isEqualTo(1_001);

      // Redis removes what it comes across, or is asked for.
      Eventually.within(
          10,
          "the end of the keys",
          () -> {
            boolean any = false;
            for (int i = 0; i < 1_000; i += 100) {
              any |= console.number("EXISTS", "async-tools:key-" + i) != 0;
            }
            return !any;
          });
      assertThat(System.nanoTime() - last).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_500));
      Eventually.within(10, "the end of all", () -> console.number("DBSIZE") == 0);
      assertThat(Caller.takeAll(bucket.forKey("key-1"))).isEqualTo(5);
    }
  }

  @Test
  @Tag("integration")
  void aRefusalLeavesTheKeysTimeAlone() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), "1/h", 3);
        RedisConsole console = server.console()) {
      assertThat(Caller.takeAll(bucket.forKey("key"))).isEqualTo(3);
      String before = console.text("GET", "async-tools:key");
      long pttl = console.number("PTTL", "async-tools:key");
      Caller.takeAll(bucket.forKey("key"));
      assertThat(console.text("GET", "async-tools:key")).isEqualTo(before);
      assertThat(console.number("PTTL", "async-tools:key")).isLessThanOrEqualTo(pttl);
      assertThat(pttl)
          .isBetween(TimeUnit.HOURS.toMillis(3) - 60_000, TimeUnit.HOURS.toMillis(3) + 10);
    }
  }

  @Test
  @Tag("integration")
  void theLongestBucketIsCountedExactly() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), "1/d", 36_000);
        RedisConsole console = server.console()) {
      bucket.forKey("key").acquire(35_990).get(10, TimeUnit.SECONDS);
      assertThat(Caller.takeAll(bucket.forKey("key"))).isEqualTo(10);
      assertThat(console.number("PTTL", "async-tools:key"))
          .isBetween(TimeUnit.DAYS.toMillis(35_999), TimeUnit.DAYS.toMillis(36_000) + 10);
    }
  }

  /** And one JVM forgets as well: a second pass finds neither keys nor limiters. */
  @Test
  @Tag("slow")
  void aMillionKeys() throws Exception {
    int keys = 1_000_000;
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), "1/m", 1);
        RedisConsole console = server.console()) {
      assertThat(Caller.tries(bucket.forKey("first")).isGranted()).isTrue();
      long before = console.info("memory", "used_memory");
      long start = System.nanoTime();
      Semaphore window = new Semaphore(512);
      List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < keys; i++) {
        window.acquire();
        bucket
            .forKey(String.format("%08d", i))
            .acquire(1, Duration.ZERO)
            .whenComplete(
                (permit, error) -> {
                  if (error != null) {
                    errors.add(error);
                  }
                  window.release();
                });
      }
      window.acquire(512);
      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat(errors).isEmpty();
      long alive = console.number("DBSIZE");
      double bytes = (console.info("memory", "used_memory") - before) / (double) alive;
      Figures.say(
          "a million keys of 8 characters in %.1f s, %d alive: %.1f bytes each by used_memory, %d by"
              + " MEMORY USAGE",
          seconds, alive, bytes, console.number("MEMORY", "USAGE", "async-tools:00999999"));
      assertThat(alive).isGreaterThan(keys / 2);
      assertThat(bytes).isLessThan(200);

      Thread.sleep(60_000);
      long late =
          Eventually.within(60, "the end of every key", () -> console.number("DBSIZE") == 0);
      Figures.say(
          "all gone %d ms after the last was due, used_memory is back to %+d bytes",
          late, console.info("memory", "used_memory") - before);
    }
  }
}
