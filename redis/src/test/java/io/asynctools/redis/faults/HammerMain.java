package io.asynctools.redis.faults;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One machine of several: hammers one key and tells of each permit when it was asked for and when
 * it came, in nanoseconds of this computer's monotonic clock, which all its processes share.
 *
 * <p>Arguments: URI, key, rate, capacity, how many wait in line, how many try and try again, and by
 * how much the origin of this machine's clock is off, in nanoseconds. Says {@code ready}; is told
 * when to begin and to end; says what it got.
 */
public final class HammerMain {
  private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  private final AsyncRateLimiter limiter;
  private final long end;
  private final ExecutorService again;
  private final Queue<long[]> grants = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

  private HammerMain(AsyncRateLimiter limiter, long end, ExecutorService again) {
    this.limiter = limiter;
    this.end = end;
    this.again = again;
  }

  public static void main(String[] args) throws Exception {
    String key = args[1];
    int waiting = Integer.parseInt(args[4]);
    int trying = Integer.parseInt(args[5]);
    ExecutorService again = Executors.newFixedThreadPool(2);
    try (RedisTokenBucket buckets =
        RedisTokenBucket.builder(Rate.parse(args[2]))
            .uri(args[0])
            .capacity(Long.parseLong(args[3]))
            .timeSource(new OtherOrigin(Long.parseLong(args[6])))
            // Nobody is to be admitted but by Redis, and a machine that is busy is not a failure.
            .onFailure(OnFailure.CLOSED)
            .commandTimeout(Duration.ofSeconds(5))
            .build()) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      new HammerMain(buckets.forKey(key + " warm-up"), System.nanoTime() + WARM_UP_NANOS, again)
          .run(waiting, trying);
      System.out.println("ready");
      long start = Long.parseLong(in.readLine());
      long end = Long.parseLong(in.readLine());
      TimeUnit.NANOSECONDS.sleep(start - System.nanoTime());
      HammerMain hammer = new HammerMain(buckets.forKey(key), end, again);
      hammer.run(waiting, trying);
      hammer.report();
    }
    again.shutdown();
  }

  private void run(int waiting, int trying) throws InterruptedException {
    for (int i = 0; i < waiting; i++) {
      ask(false);
    }
    for (int i = 0; i < trying; i++) {
      ask(true);
    }
    TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
  }

  private void ask(boolean tries) {
    long asked = System.nanoTime();
    if (asked - end >= 0) {
      return;
    }
    (tries ? limiter.acquire(1, Duration.ZERO) : limiter.acquire())
        .whenComplete(
            (permit, error) -> {
              if (error == null) {
                grants.add(new long[] {asked, System.nanoTime()});
              } else if (!tries) {
                errors.add(error);
                return;
              }
              again.execute(() -> ask(tries));
            });
  }

  private void report() {
    StringBuilder text = new StringBuilder();
    grants.forEach(grant -> text.append(grant[0]).append(' ').append(grant[1]).append('\n'));
    errors.forEach(error -> text.append("error ").append(error).append('\n'));
    System.out.print(text.append("end\n"));
    System.out.flush();
  }

  /** Counts from somewhere else. */
  private record OtherOrigin(long offset) implements TimeSource {
    @Override
    public long nanoTime() {
      return System.nanoTime() + offset;
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      return TimeSource.system().schedule(task, delayNanos);
    }
  }
}
