package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisServerProcess;
import io.asynctools.redis.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens to Redis: every caller has an answer within the command's time-out and 50 ms, no
 * waiter is lost, the limit is a shared one again by itself, and no thread stays behind. Each fault
 * is met in all three modes at once.
 */
class EveryFaultTest {
  private static final Duration TIMEOUT = Duration.ofMillis(250);
  private static final long PROMISED_NANOS = TIMEOUT.plusMillis(50).toNanos();

  @ParameterizedTest
  @EnumSource
  @Tag("integration")
  void isAnsweredInTime(Fault fault) throws Exception {
    new Trial(fault).run(800, 1);
  }

  /** Longer than clients are usually patient for; twice. */
  @ParameterizedTest
  @EnumSource(names = {"KILLED", "PAUSED", "STALLED", "DEAF", "CUT"})
  @Tag("slow")
  void isAnsweredInTimeThroughLongOutages(Fault fault) throws Exception {
    new Trial(fault).run(12_000, 2);
  }

  /** One server, a way to it that can fail, and for each mode a busy limit and a scarce one. */
  private static final class Trial {
    private static final long CAPACITY = 1_000_000;

    private final Fault fault;
    private final Map<OnFailure, RedisTokenBucket> busy = new EnumMap<>(OnFailure.class);
    private final Map<OnFailure, RedisTokenBucket> scarce = new EnumMap<>(OnFailure.class);
    private final Map<OnFailure, List<Caller>> callers = new EnumMap<>(OnFailure.class);
    private final Map<OnFailure, List<Caller>> waiters = new EnumMap<>(OnFailure.class);

    Trial(Fault fault) {
      this.fault = fault;
    }

    void run(long outageMillis, int times) throws Exception {
      try (RedisServerProcess server = RedisServerProcess.start();
          TcpProxy proxy = new TcpProxy(server.port())) {
        NewThreads threads = new NewThreads();
        try {
          open(proxy.uri());
          for (int i = 0; i < times; i++) {
            round(server, proxy, outageMillis);
          }
        } finally {
          busy.values().forEach(RedisTokenBucket::close);
          scarce.values().forEach(RedisTokenBucket::close);
        }
        threads.end();
      }
    }

    private void open(String uri) {
      for (OnFailure mode : OnFailure.values()) {
        busy.put(mode, bucket(uri, mode, "busy", "1000000/s", CAPACITY));
        scarce.put(mode, bucket(uri, mode, "scarce", "25/s", 1));
      }
    }

    private static RedisTokenBucket bucket(
        String uri, OnFailure mode, String name, String rate, long capacity) {
      return RedisTokenBucket.builder(Rate.parse(rate))
          .uri(uri)
          .capacity(capacity)
          .keyPrefix(prefix(mode, name))
          .onFailure(mode)
          .commandTimeout(TIMEOUT)
          .build();
    }

    private static String prefix(OnFailure mode, String name) {
      return mode + " " + name + ":";
    }

    private void round(RedisServerProcess server, TcpProxy proxy, long outageMillis)
        throws Exception {
      for (OnFailure mode : OnFailure.values()) {
        awaitShared(server, mode, "busy", busy.get(mode));
        awaitShared(server, mode, "scarce", scarce.get(mode));
        callers.put(mode, new ArrayList<>());
      }
      // The first calls load classes, and may be too slow for the time-out.
      Eventually.within(20, "quiet", this::allAreGranted);
      try (Hiccups hiccups = new Hiccups()) {
        callUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
        for (OnFailure mode : OnFailure.values()) {
          List<Caller> inLine = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            inLine.add(Caller.waits(scarce.get(mode).forKey("key 0")));
          }
          waiters.put(mode, inLine);
        }
        long start = System.nanoTime();
        fault.inject(server, proxy);
        long injected = System.nanoTime();
        callUntil(start + TimeUnit.MILLISECONDS.toNanos(outageMillis));
        long mending = System.nanoTime();
        fault.mend(server, proxy);
        callUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200));
        for (OnFailure mode : OnFailure.values()) {
          judge(mode, start, injected, mending, hiccups);
        }
      }
      for (OnFailure mode : OnFailure.values()) {
        long busyAgain = awaitShared(server, mode, "busy", busy.get(mode));
        long scarceAgain = awaitShared(server, mode, "scarce", scarce.get(mode));
        Figures.say("%s %s: shared again %d and %d ms later", fault, mode, busyAgain, scarceAgain);
      }
    }

    private boolean allAreGranted() throws Exception {
      callUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
      boolean all = true;
      for (OnFailure mode : OnFailure.values()) {
        for (Caller caller : callers.get(mode)) {
          all &= caller.isGranted();
        }
        callers.get(mode).clear();
      }
      return all;
    }

    /** Calls come in all the while, of each mode, of four keys. */
    private void callUntil(long end) throws Exception {
      for (int i = 0; System.nanoTime() - end < 0; i++) {
        for (OnFailure mode : OnFailure.values()) {
          callers.get(mode).add(Caller.tries(busy.get(mode).forKey("key " + i % 4)));
        }
        Thread.sleep(2);
      }
    }

    private void judge(OnFailure mode, long start, long injected, long mending, Hiccups hiccups)
        throws Exception {
      long slowest = 0;
      int refused = 0;
      int refusedBefore = 0;
      int waitedLong = 0;
      int during = 0;
      for (Caller caller : callers.get(mode)) {
        slowest = Math.max(slowest, caller.hasAnswer().nanos());
        boolean inOutage =
            fault.silences && caller.asked - injected > 0 && caller.answeredAt() - mending < 0;
        during += inOutage ? 1 : 0;
        waitedLong += inOutage && caller.nanos() > TIMEOUT.toNanos() / 2 ? 1 : 0;
        if (caller.error() != null) {
          refused++;
          judgeRefusal(mode, caller.error());
          refusedBefore += caller.answeredAt() - start < 0 ? 1 : 0;
        }
      }
      int served = 0;
      long lastWaiter = 0;
      for (Caller waiter : waiters.get(mode)) {
        served += waiter.isGranted() ? 1 : 0;
        lastWaiter = Math.max(lastWaiter, waiter.answeredAt() - injected);
        if (waiter.error() != null) {
          judgeRefusal(mode, waiter.error());
        }
      }
      Figures.say(
          "%s %s: %d callers, %d in the outage, %d of them waited long, %d refused; the slowest"
              + " answer %.1f ms, hiccups %.1f ms; %d of %d waiters served, the last answered after"
              + " %d ms",
          fault,
          mode,
          callers.get(mode).size(),
          during,
          waitedLong,
          refused,
          slowest / 1e6,
          hiccups.longestNanos() / 1e6,
          served,
          waiters.get(mode).size(),
          TimeUnit.NANOSECONDS.toMillis(lastWaiter));
      assertThat(slowest)
          .as("%s, %s: the slowest answer", fault, mode)
          .isLessThanOrEqualTo(PROMISED_NANOS + 2 * hiccups.longestNanos());
      if (hiccups.longestNanos() < TIMEOUT.toNanos() / 2) { // else it may have timed out
        assertThat(refusedBefore).as("%s, %s: refused before", fault, mode).isZero();
        assertThat(fault.silences ? 0 : refused).as("%s, %s: refused", fault, mode).isZero();
      }
      if (!fault.silences) {
        assertThat(served + (mode == OnFailure.CLOSED ? refused : 0))
            .isGreaterThanOrEqualTo(waiters.get(mode).size());
        return;
      }
      assertThat(during).isPositive();
      // It costs a time-out now and then to know that Redis is dead, not one for each call.
      assertThat(waitedLong).as("%s, %s: waited long", fault, mode).isLessThan(during / 2 + 1);
      if (mode == OnFailure.CLOSED) {
        assertThat(refused).isPositive();
      } else {
        assertThat(served).isEqualTo(waiters.get(mode).size());
        assertThat(refused).isLessThan(mode == OnFailure.OPEN ? 1 : callers.get(mode).size() / 2);
      }
    }

    private static void judgeRefusal(OnFailure mode, Throwable error) {
      assertThat(error).as("%s", mode).isInstanceOf(RateLimitExceededException.class);
      RateLimitExceededException refusal = (RateLimitExceededException) error;
      assertThat(refusal.reason()).isIn(Reason.RATE, Reason.UNAVAILABLE);
      assertThat(refusal.retryAfter()).isPresent();
    }

    /**
     * Until what is granted is written down in Redis, where it stays for a moment; gives the
     * milliseconds that took.
     */
    private static long awaitShared(
        RedisServerProcess server, OnFailure mode, String name, RedisTokenBucket bucket)
        throws Exception {
      String key = prefix(mode, name) + "shared";
      server.command("DEL", key);
      AsyncRateLimiter limiter = bucket.forKey("shared");
      return Eventually.within(
          10,
          mode + ": shared again",
          () -> {
            Caller.tries(limiter, name.equals("busy") ? CAPACITY / 2 : 1).hasAnswer();
            return server.command("GET", key) != null;
          });
    }
  }
}
