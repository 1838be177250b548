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
 * Through an outage and out of it again, in no window more than one bucket would have granted:
 * neither a bucket more for the machine's own, nor one for the return. Where Redis has forgotten
 * the bucket, one more, which is what forgetting costs.
 *
 * <p>Several machines come back one after the other, and the last may go on with its share for a
 * while when the first has the whole rate again: so much is allowed for.
 *
 * <p>Promises: Redis 1.
 */
class OutageBoundTest {
  private static final Rate RATE = Rate.parse("500/s");
  private static final long CAPACITY = 100;
  private static final Duration TIMEOUT = Duration.ofMillis(100);

  /** A dead Redis is left alone for so long before a machine looks again, and has a time-out. */
  private static final double SECONDS_APART = 0.6;

  @ParameterizedTest
  @EnumSource(names = {"KILLED", "PAUSED", "DEAF", "KEYS_FLUSHED"})
  @Tag("integration")
  void anOutageAddsNothing(Fault fault) throws Exception {
    run(fault, 1, 1, 700);
  }

  /** Too short for anybody to give Redis up: what was asked meanwhile is decided afterwards. */
  @ParameterizedTest
  @EnumSource(names = {"PAUSED", "DEAF"})
  @Tag("integration")
  void aShortPauseAddsNothing(Fault fault) throws Exception {
    run(fault, 1, 1, 350);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("slow")
  void manyOutagesAddNothing(Fault fault) throws Exception {
    run(fault, 1, 5, 700);
    run(fault, 1, 10, 350);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("slow")
  void machinesWithHalfTheShareEachAddOnlyWhatTheyAreApart(Fault fault) throws Exception {
    run(fault, 2, 3, 700);
  }

  private static void run(Fault fault, int machines, int times, long millis) throws Exception {
    ScheduledExecutorService again =
        Executors.newScheduledThreadPool(1, task -> new Thread(task, "test-again"));
    List<RedisTokenBucket> all = new ArrayList<>();
    try (RedisServerProcess server = RedisServerProcess.start();
        TcpProxy proxy = new TcpProxy(server.port())) {
      Queue<Caller> granted = new ConcurrentLinkedQueue<>();
      for (int i = 0; i < machines; i++) {
        RedisTokenBucket machine = machine(proxy.uri(), 1.0 / machines);
        all.add(machine);
        Caller.takesFirst(machine.forKey("first"));
      }
      for (RedisTokenBucket machine : all) {
        AsyncRateLimiter limiter = machine.forKey("key");
        for (int i = 0; i < 40; i++) {
          hammer(limiter, i % 4 == 0, granted, again);
        }
      }
      for (int i = 0; i < times; i++) {
        Thread.sleep(400);
        fault.inject(server, proxy);
        Thread.sleep(millis);
        fault.mend(server, proxy);
        Thread.sleep(500);
      }
      again.shutdownNow();
      judge(fault, machines, times, List.copyOf(granted));
    } finally {
      again.shutdownNow();
      all.forEach(RedisTokenBucket::close);
    }
  }

  private static RedisTokenBucket machine(String uri, double share) {
    return RedisTokenBucket.builder(RATE)
        .uri(uri)
        .capacity(CAPACITY)
        .localShare(share)
        .commandTimeout(TIMEOUT)
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

  private static void judge(Fault fault, int machines, int times, List<Caller> granted) {
    List<long[]> intervals = new ArrayList<>();
    granted.forEach(caller -> intervals.add(caller.interval()));
    double burst = Windows.burst(intervals, RATE);
    long first = granted.stream().mapToLong(caller -> caller.asked).min().orElseThrow();
    long last = granted.stream().mapToLong(Caller::answeredAt).max().orElseThrow();
    double earned = RATE.permits() * (last - first) / 1e9;
    Figures.say(
        "%s: %d permits in %.2f s, the rate brings %.0f; largest burst %.3f of %d",
        fault, granted.size(), (last - first) / 1e9, earned, burst, CAPACITY);
    double most = CAPACITY * (fault.forgets ? 1 + times : 1);
    if (machines > 1 && fault.silences) {
      most += times * RATE.permits() * (1.0 - 1.0 / machines) * SECONDS_APART;
    }
    assertThat(burst).as("%s", fault).isLessThanOrEqualTo(most + 1e-3);
    assertThat((double) granted.size()).as("%s", fault).isGreaterThan(0.5 * earned);
  }
}
