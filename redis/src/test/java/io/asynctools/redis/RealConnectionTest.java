package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.Failures;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How connections are made, shared and closed, on a real server. */
@Tag("integration")
@Timeout(120)
class RealConnectionTest {
  private RedisProcess redis;
  private final Log log = new Log();

  private static final class Log extends Handler {
    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      Object[] values = line.getParameters();
      lines.add(
          values == null
              ? line.getMessage()
              : java.text.MessageFormat.format(line.getMessage(), values));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(RedisProcess.embedded());
    Logger.getLogger("io.asynctools.redis").addHandler(log);
  }

  @AfterEach
  void stop() {
    Logger.getLogger("io.asynctools.redis").removeHandler(log);
    redis.close();
  }

  private RedisTokenBucket.Builder builder() {
    return RedisTokenBucket.builder(Rate.parse("1/d"))
        .capacity(5)
        .uri(redis.uri())
        .commandTimeout(Duration.ofSeconds(20)); // the machine may be busy
  }

  private static void await(RedisTokenBucket limits) throws Exception {
    limits.ready().get(60, TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> future) throws Exception {
    return Failures.unwrap(future.handle((value, error) -> error).get(60, TimeUnit.SECONDS));
  }

  private static boolean isGranted(AsyncRateLimiter limiter) throws Exception {
    return failure(limiter.acquire(1, Duration.ZERO)) == null;
  }

  private void untilConnections(long count) throws Exception {
    long start = System.nanoTime();
    while (redis.connections() != count) {
      assertThat(System.nanoTime() - start).as("connections").isLessThan(30_000_000_000L);
      Thread.sleep(10);
    }
  }

  @Test
  void limitersWithTheSameUriShareAConnectionUntilTheLastIsClosed() throws Exception {
    List<RedisTokenBucket> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(builder().keyPrefix("limit-" + i + ":").build());
      await(all.get(i));
    }
    assertThat(redis.connections()).isOne();
    for (RedisTokenBucket limits : all.subList(1, 10)) {
      limits.closeAsync().get(30, TimeUnit.SECONDS);
      assertThat(failure(limits.ready())).isNotNull();
    }
    assertThat(isGranted(all.get(0).forKey("key"))).isTrue();
    assertThat(redis.connections()).isOne();
    all.get(0).closeAsync().get(30, TimeUnit.SECONDS);
    untilConnections(0);
    try (RedisTokenBucket again = builder().build()) {
      await(again);
      assertThat(isGranted(again.forKey("key"))).isTrue();
    }
  }

  @Test
  void onceItIsClosedItsThreadsHaveEnded() throws Exception {
    RedisTokenBucket limits = builder().build();
    await(limits);
    assertThat(clientThreads()).isNotEmpty();
    limits.closeAsync().get(30, TimeUnit.SECONDS);
    for (int i = 0; i < 500 && !clientThreads().isEmpty(); i++) {
      Thread.sleep(10); // a thread that has nothing left to do takes a moment to end
    }
    assertThat(clientThreads()).isEmpty();
    limits.closeAsync().get(30, TimeUnit.SECONDS);
  }

  private static List<String> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("lettuce-") && !name.contains("timer"))
        .toList();
  }

  @Test
  void readyWaitsForAServerThatComesLater() throws Exception {
    int port = redis.port;
    redis.close();
    try (RedisTokenBucket limits = builder().commandTimeout(Duration.ofMillis(250)).build()) {
      CompletableFuture<Void> ready = limits.ready();
      Thread.sleep(300);
      assertThat(ready).isNotDone();
      redis = RedisProcess.start(RedisProcess.embedded(), port);
      ready.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void readyFailsWhereTryingAgainMakesNoSense() throws Exception {
    redis.command("CONFIG SET requirepass opensesame");
    try (RedisTokenBucket limits = builder().build()) {
      assertThat(failure(limits.ready()))
          .isInstanceOf(LimiterConfigException.class)
          .hasMessageContaining("redis.uri has no password");
    }
  }

  @Test
  void readyFailsWhenTheLimiterIsClosed() throws Exception {
    redis.close();
    RedisTokenBucket limits = builder().build();
    CompletableFuture<Void> ready = limits.ready();
    limits.close();
    assertThat(failure(ready)).isInstanceOf(LimiterClosedException.class);
    assertThat(failure(limits.ready())).isInstanceOf(LimiterClosedException.class);
  }

  /** The commands that the page on production lists are enough, and each is needed. */
  @Test
  void aUserWithTheListedCommandsCanDoAllThatIsNeeded() throws Exception {
    redis.command(
        "ACL SETUSER app on >opensesame ~async-tools:* resetchannels -@all +hello +auth"
            + " +client|setinfo +eval +evalsha +get +set +del +time +info");
    redis.command(
        "ACL SETUSER app on >opensesame ~async-tools:* -@all +hello +auth +eval +evalsha"
            + " +get +set +del +time");
    String uri = "redis://app:opensesame@127.0.0.1:" + redis.port;
    try (RedisTokenBucket limits = builder().uri(uri).build()) {
      await(limits);
      assertThat(isGranted(limits.forKey("key"))).isTrue();
      limits.forKey("key").acquire(2).cancel(false); // a refund is a script, too
      assertThat(failure(limits.forKey("key").acquire(1, Duration.ZERO))).isNull();
      assertThat(limits.toString()).contains("mode=SHARED").doesNotContain("opensesame");
    }
    for (String needed : List.of("evalsha", "get", "set", "time")) {
      redis.command("ACL SETUSER app -" + needed);
      try (RedisTokenBucket limits = builder().uri(uri).build()) {
        assertThat(failure(limits.forKey("other").acquire(1, Duration.ZERO)))
            .as("without %s", needed)
            .isInstanceOf(LimiterConfigException.class)
            .hasMessageContaining("allow it EVALSHA, EVAL, TIME, GET");
      }
      redis.command("ACL SETUSER app +" + needed);
    }
    assertThat(log.lines).noneMatch(line -> line.contains("opensesame"));
  }

  @Test
  void aUserWhoMayNotRunScriptsIsFoundOutBeforeTheFirstDecision() throws Exception {
    redis.command("ACL SETUSER app on >pw ~* -@all +hello +auth +get +set");
    try (RedisTokenBucket limits =
        builder().uri("redis://app:pw@127.0.0.1:" + redis.port).build()) {
      assertThat(failure(limits.ready()))
          .isInstanceOf(LimiterConfigException.class)
          .hasMessageContaining("allow it EVALSHA, EVAL");
    }
  }

  /** A password that has worked is an outage, and the provider is asked for the next. */
  @Test
  void credentialsAreAskedForAnewWithEachConnection() throws Exception {
    redis.command("ACL SETUSER app on >first ~* +@all");
    AtomicReference<String> password = new AtomicReference<>("first");
    RedisCredentialsProvider provider =
        RedisCredentialsProvider.from(
            () -> RedisCredentials.just("app", password.get().toCharArray()));
    try (RedisTokenBucket limits =
        builder()
            .credentials(provider)
            .onFailure(OnFailure.CLOSED)
            .commandTimeout(Duration.ofMillis(500))
            .build()) {
      await(limits);
      assertThat(isGranted(limits.forKey("key"))).isTrue();
      redis.command("ACL SETUSER app resetpass >second");
      redis.command("CLIENT KILL TYPE normal");
      long start = System.nanoTime();
      Throwable refused = failure(limits.forKey("key").acquire(1, Duration.ZERO));
      while (refused == null || !String.valueOf(refused.getCause()).contains("WRONGPASS")) {
        assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
        Thread.sleep(20);
        refused = failure(limits.forKey("key").acquire(1, Duration.ZERO));
      }
      assertThat(refused).isNotInstanceOf(LimiterConfigException.class);
      password.set("second");
      while (!isGranted(limits.forKey("key"))) {
        assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
        Thread.sleep(20);
      }
    }
  }

  @Test
  void aPolicyThatEvictsBucketsIsWarnedOfOnce() throws Exception {
    redis.command("CONFIG SET maxmemory 100mb");
    redis.command("CONFIG SET maxmemory-policy allkeys-lru");
    try (RedisTokenBucket limits = builder().build()) {
      await(limits);
      assertThat(isGranted(limits.forKey("key"))).isTrue();
      redis.command("CLIENT KILL TYPE normal");
      int tries = 0;
      while (!isGranted(limits.forKey("after-" + tries))) { // a connection anew
        assertThat(++tries).isLessThan(100);
        Thread.sleep(20);
      }
    }
    assertThat(log.lines)
        .filteredOn(line -> line.contains("maxmemory-policy=allkeys-lru"))
        .hasSize(1)
        .allMatch(line -> line.contains("noeviction"));
  }

  @Test
  void aPolicyThatEvictsNothingIsNotWarnedOf() throws Exception {
    try (RedisTokenBucket limits = builder().build()) {
      await(limits);
      assertThat(isGranted(limits.forKey("key"))).isTrue();
    }
    assertThat(log.lines).noneMatch(line -> line.contains("maxmemory"));
  }

  @Test
  void theCauseOfAnOutageIsLoggedOnceAndSoIsItsEnd() throws Exception {
    int port = redis.port;
    try (RedisTokenBucket limits =
        builder()
            .onFailure(OnFailure.CLOSED)
            .commandTimeout(Duration.ofMillis(300))
            .name("payments")
            .build()) {
      await(limits);
      while (!isGranted(limits.forKey("key"))) {
        Thread.sleep(50);
      }
      log.lines.clear();
      redis.close();
      long start = System.nanoTime();
      while (!limits.toString().contains("mode=CLOSED")) {
        assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
        isGranted(limits.forKey("key"));
        Thread.sleep(20);
      }
      Throwable refused = failure(limits.forKey("key").acquire(1, Duration.ZERO));
      assertThat(refused.getCause()).hasMessageContaining("127.0.0.1");
      Thread.sleep(1_000);
      isGranted(limits.forKey("key"));
      redis = RedisProcess.start(RedisProcess.embedded(), port);
      while (!limits.toString().contains("mode=SHARED")) {
        assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
        isGranted(limits.forKey("key"));
        Thread.sleep(20);
      }
    }
    assertThat(log.lines).hasSize(2);
    assertThat(log.lines.get(0))
        .startsWith("limiter 'payments': Redis does not answer (")
        .contains("on-failure=closed");
    assertThat(log.lines.get(1)).startsWith("limiter 'payments': Redis answers again");
  }

  @Test
  void blockingInACallbackOnAnExecutorIsNoMatter() throws Exception {
    try (RedisTokenBucket limits = builder().build()) {
      Permit nested =
          limits
              .forKey("key")
              .acquire()
              .thenApply(
                  permit -> {
                    try {
                      return limits.forKey("key").acquireBlocking();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  })
              .get(30, TimeUnit.SECONDS);
      assertThat(nested).isNotNull();
    }
  }
}
