package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisServerProcess;
import io.asynctools.redis.server.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * JVMs that are unequally far from Redis share a hot key as equals, and a rolling deployment that
 * changes the limit starves none of them.
 *
 * <p>Promises: Redis 1, Redis 4, Redis 6.
 */
class FairnessTest {

  /** One JVM: its own connection, some way off, and so many waiters at any time. */
  private static final class Pod implements AutoCloseable {
    final List<long[]> grants = Collections.synchronizedList(new ArrayList<>());
    final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    final AtomicBoolean ends = new AtomicBoolean();
    private final TcpProxy proxy;
    private final RedisTokenBucket bucket;

    Pod(RedisServerProcess server, Rate rate, long capacity, Duration delay) throws Exception {
      proxy = new TcpProxy(server.port());
      proxy.delayAnswers(delay);
      bucket =
          RedisTokenBucket.builder(rate)
              .uri(proxy.uri())
              .capacity(capacity)
              .onFailure(OnFailure.CLOSED)
              .commandTimeout(Duration.ofSeconds(20))
              .build();
    }

    void start(String key, int waiters) {
      for (int i = 0; i < waiters; i++) {
        next(bucket.forKey(key));
      }
    }

    private void next(AsyncRateLimiter limiter) {
      long asked = System.nanoTime();
      limiter
          .acquire()
          .whenComplete(
              (permit, error) -> {
                if (error == null) {
                  grants.add(new long[] {asked, System.nanoTime()});
                } else if (!ends.get()) {
                  failures.add(error);
                }
                if (!ends.get() && error == null) {
                  next(limiter);
                }
              });
    }

    long grantsBetween(long from, long to) {
      synchronized (grants) {
        return grants.stream().filter(each -> each[1] - from >= 0 && each[1] - to < 0).count();
      }
    }

    void end() {
      ends.set(true);
    }

    @Override
    public void close() throws IOException {
      end();
      bucket.close();
      proxy.close();
    }
  }

  private static long now() {
    return System.nanoTime();
  }

  @Test
  @Tag("slow")
  void jvmsAtFiveDistancesShareAHotKeyAsEquals() throws Exception {
    share(0, 500, 1_000, 2_000, 5_000);
  }

  @Test
  @Tag("slow")
  void fourJvmsShareAHotKeyAsEquals() throws Exception {
    share(0, 1_000, 2_000, 5_000);
  }

  private static void share(long... delayMicros) throws Exception {
    Rate rate = Rate.perSecond(100);
    List<Pod> pods = new ArrayList<>();
    try (RedisServerProcess server = RedisServerProcess.start()) {
      for (long delay : delayMicros) {
        pods.add(new Pod(server, rate, 100, Duration.ofNanos(delay * 1_000)));
      }
      pods.forEach(pod -> pod.start("hot", 20));
      Thread.sleep(3_000);
      long from = now();
      Thread.sleep(10_000);
      long to = now();
      pods.forEach(Pod::end);
      List<Long> counts = pods.stream().map(pod -> pod.grantsBetween(from, to)).toList();
      double limit = (to - from) / 1e9 * 100;
      long total = counts.stream().mapToLong(Long::longValue).sum();
      List<long[]> all = new ArrayList<>();
      pods.forEach(pod -> all.addAll(pod.grants));
      double burst = Windows.burst(all, rate);
      Figures.say(
          "delays %s us: grants %s, in all %.1f %% of the limit, largest burst %.2f of 100",
          Arrays.toString(delayMicros), counts, 100 * total / limit, burst);
      assertThat(pods).allSatisfy(pod -> assertThat(pod.failures).isEmpty());
      assertThat(counts)
          .allSatisfy(
              count -> assertThat((double) count).isGreaterThanOrEqualTo(limit / pods.size() / 2));
      assertThat((double) total).isGreaterThanOrEqualTo(0.99 * limit - 1);
      assertThat(burst).isLessThanOrEqualTo(100.01);
    } finally {
      for (Pod pod : pods) {
        pod.close();
      }
    }
  }

  @Test
  @Tag("slow")
  void aLargeRequestIsGrantedBesideSmallWaitersElsewhere() throws Exception {
    Rate rate = Rate.perSecond(100);
    try (RedisServerProcess server = RedisServerProcess.start();
        Pod small = new Pod(server, rate, 100, Duration.ZERO);
        Pod large = new Pod(server, rate, 100, Duration.ofMillis(2))) {
      small.start("hot", 50);
      Thread.sleep(1_500);
      long start = now();
      CompletableFuture<Permit> whole = large.bucket.forKey("hot").acquire(100);
      whole.get(10, TimeUnit.SECONDS);
      double seconds = (now() - start) / 1e9;
      Figures.say(
          "acquire(capacity) beside small waiters elsewhere: granted after %.2f s", seconds);
      assertThat(seconds).isLessThan(2.5);
    }
  }

  @Test
  @Tag("slow")
  void aRollingDeploymentThatRaisesTheLimitStarvesNoPod() throws Exception {
    roll(Rate.perSecond(100), 100, Rate.perSecond(1_000), 1_000);
  }

  @Test
  @Tag("slow")
  void aRollingDeploymentThatLowersTheLimitStarvesNoPod() throws Exception {
    roll(Rate.perSecond(1_000), 1_000, Rate.perSecond(100), 100);
  }

  /** Four pods, one of which is replaced every five seconds. */
  private static void roll(Rate before, long capacityBefore, Rate after, long capacityAfter)
      throws Exception {
    Rate larger = before.permits() > after.permits() ? before : after;
    Rate smaller = before.permits() > after.permits() ? after : before;
    long most = Math.max(capacityBefore, capacityAfter);
    List<Pod> pods = new ArrayList<>();
    List<Pod> all = new ArrayList<>();
    try (RedisServerProcess server = RedisServerProcess.start()) {
      for (int i = 0; i < 4; i++) {
        pods.add(new Pod(server, before, capacityBefore, Duration.ofMillis(i)));
      }
      all.addAll(pods);
      pods.forEach(pod -> pod.start("hot", 100));
      Thread.sleep(3_000);
      for (int i = 0; i < 4; i++) {
        Pod next = new Pod(server, after, capacityAfter, Duration.ofMillis(i));
        all.add(next);
        pods.get(i).end();
        pods.get(i).close();
        pods.set(i, next);
        next.start("hot", 100);
        Thread.sleep(1_000);
        long from = now();
        Thread.sleep(4_000);
        long to = now();
        List<Long> counts = pods.stream().map(pod -> pod.grantsBetween(from, to)).toList();
        Figures.say("%s to %s, %d of 4 replaced: grants in 4 s %s", before, after, i + 1, counts);
        // While both limits are in use the larger one is in force; afterwards, the new one.
        double rate = (i < 3 ? larger : smaller).permits() * ((to - from) / 1e9);
        assertThat(counts)
            .allSatisfy(count -> assertThat((double) count).isGreaterThan(rate / 4 / 2));
      }
      pods.forEach(Pod::end);
      List<long[]> grants = new ArrayList<>();
      all.forEach(pod -> grants.addAll(pod.grants));
      double burst = Windows.burst(grants, larger);
      Figures.say("largest burst %.2f of %d", burst, most);
      assertThat(burst).isLessThanOrEqualTo(most + 1e-6 * larger.permits() + 0.01);
      assertThat(all.stream().flatMap(pod -> pod.failures.stream()).collect(Collectors.toList()))
          .as("waiters lost")
          .isEmpty();
    } finally {
      for (Pod pod : pods) {
        pod.close();
      }
    }
  }
}
