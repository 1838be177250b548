package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisServerProcess;
import io.asynctools.redis.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two machines with half a share each, through an outage and out of it again: in no window more
 * than one bucket would have granted, with neither a bucket more for the machines' own nor one for
 * the return. Where Redis has forgotten the bucket, one more, which is what forgetting costs.
 */
class OutageBoundTest {
  private static final Rate RATE = Rate.parse("500/s");
  private static final long CAPACITY = 100;

  @ParameterizedTest
  @EnumSource
  @Tag("integration")
  void anOutageAddsNothing(Fault fault) throws Exception {
    run(fault, 1);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("slow")
  void manyOutagesAddNothing(Fault fault) throws Exception {
    run(fault, 6);
  }

  private static void run(Fault fault, int times) throws Exception {
    ScheduledExecutorService again =
        Executors.newScheduledThreadPool(1, task -> new Thread(task, "test-again"));
    try (RedisServerProcess server = RedisServerProcess.start();
        TcpProxy proxy = new TcpProxy(server.port());
        RedisTokenBucket one = machine(proxy.uri());
        RedisTokenBucket two = machine(proxy.uri())) {
      Queue<Caller> granted = new ConcurrentLinkedQueue<>();
      for (RedisTokenBucket machine : List.of(one, two)) {
        AsyncRateLimiter limiter = machine.forKey("key");
        Caller.takesFirst(machine.forKey("first"));
        for (int i = 0; i < 20; i++) {
          hammer(limiter, false, granted, again);
        }
        for (int i = 0; i < 5; i++) {
          hammer(limiter, true, granted, again);
        }
      }
      for (int i = 0; i < times; i++) {
        Thread.sleep(400);
        fault.inject(server, proxy);
        Thread.sleep(700);
        fault.mend(server, proxy);
        Thread.sleep(600);
      }
      again.shutdownNow();
      judge(fault, times, List.copyOf(granted));
    } finally {
      again.shutdownNow();
    }
  }

  private static RedisTokenBucket machine(String uri) {
    return RedisTokenBucket.builder(RATE)
        .uri(uri)
        .capacity(CAPACITY)
        .localShare(0.5)
        .commandTimeout(Duration.ofMillis(100))
        .build();
  }

  /** Asks again and again, in line or trying. */
  private static void hammer(
      AsyncRateLimiter limiter,
      boolean tries,
      Queue<Caller> granted,
      ScheduledExecutorService again) {
    Caller caller = tries ? Caller.tries(limiter) : Caller.waits(limiter);
    caller.whenAnswered(
        () -> {
          if (caller.error() == null) {
            granted.add(caller);
          }
          if (!again.isShutdown()) {
            again.schedule(
                () -> hammer(limiter, tries, granted, again),
                caller.error() == null ? 0 : 2,
                TimeUnit.MILLISECONDS);
          }
        });
  }

  private static void judge(Fault fault, int times, List<Caller> granted) {
    List<long[]> intervals = new ArrayList<>();
    granted.forEach(caller -> intervals.add(caller.interval()));
    double burst = Windows.burst(intervals, RATE);
    long first = granted.stream().mapToLong(caller -> caller.asked).min().orElseThrow();
    long last = granted.stream().mapToLong(Caller::answeredAt).max().orElseThrow();
    double earned = RATE.permits() * (last - first) / 1e9;
    System.out.printf(
        "%s: %d permits in %.2f s, the rate brings %.0f; largest burst %.3f of %d%n",
        fault, granted.size(), (last - first) / 1e9, earned, burst, CAPACITY);
    long buckets = fault.forgets ? 1 + times : 1;
    assertThat(burst).as("%s", fault).isLessThanOrEqualTo(CAPACITY * buckets + 1e-3);
    assertThat((double) granted.size()).as("%s", fault).isGreaterThan(0.7 * earned);
  }
}
