package io.asynctools.benchmarks;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.perkey.PerKeyRateLimiter;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our limiter of many keys over token buckets, made by its name: the buckets share their rule. */
public final class OurKeys {

  /** Forgets no key. */
  @State(Scope.Benchmark)
  public static class Kept extends KeyedSubject {
    private PerKeyRateLimiter<String, AsyncRateLimiter> limits;

    Map<String, String> options() {
      return Map.of("keep-idle-keys", "true");
    }

    @Override
    final void make() {
      limits = limits(options());
    }

    @Override
    final boolean tryAcquire(String key) {
      return limits.forKey(key).tryAcquire().isPresent();
    }

    @Override
    final long size() {
      return limits.size();
    }
  }

  /** Notes when each key was used last, and has a timer that no measurement lives to see. */
  @State(Scope.Benchmark)
  public static class Forgotten extends Kept {
    @Override
    Map<String, String> options() {
      return Map.of("max-idle", "10m", "cleanup-interval", "10m");
    }
  }

  /** With a bucket that grants every call. */
  @SuppressWarnings("unchecked") // the provider's product; the interface does not say its size
  static PerKeyRateLimiter<String, AsyncRateLimiter> limits(Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    all.put("limiter", "token-bucket");
    all.put("limiter.rate", BucketSubject.PLENTY_PER_SECOND + "/s");
    return (PerKeyRateLimiter<String, AsyncRateLimiter>) Limiters.keyed("per-key", all);
  }

  private OurKeys() {}
}
