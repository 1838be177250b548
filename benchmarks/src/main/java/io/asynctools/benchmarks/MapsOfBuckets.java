package io.asynctools.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.local.LocalBucketBuilder;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What is written by hand where there is no limiter of many keys: a map or a cache of buckets. The
 * maps are asked by {@code get} first, which takes no lock where {@code computeIfAbsent} may.
 */
public final class MapsOfBuckets {

  /** The least: a map that forgets nothing, of a number each. */
  @State(Scope.Benchmark)
  public static class OfLongs extends KeyedSubject {
    private final ConcurrentHashMap<String, AtomicLong> map = new ConcurrentHashMap<>();
    private final long start = System.nanoTime() - Long.MAX_VALUE / 2;

    @Override
    void make() {}

    @Override
    boolean tryAcquire(String key) {
      AtomicLong issued = map.get(key);
      if (issued == null) {
        issued = map.computeIfAbsent(key, k -> new AtomicLong(start));
      }
      return Floors.ClockAndCas.take(issued);
    }

    @Override
    long size() {
      return map.mappingCount();
    }
  }

  /** The recipe as everybody writes it: each bucket has a limit of its own. Forgets nothing. */
  @State(Scope.Benchmark)
  public static class AsUsual extends KeyedSubject {
    private final ConcurrentHashMap<String, Bucket> map = new ConcurrentHashMap<>();

    @Override
    void make() {}

    @Override
    boolean tryAcquire(String key) {
      return map.computeIfAbsent(key, k -> bucket4j().build()).tryConsume(1);
    }

    @Override
    long size() {
      return map.mappingCount();
    }
  }

  /** The same, as well as it can be done: the buckets share the limit. Forgets nothing. */
  @State(Scope.Benchmark)
  public static class OfBucket4j extends KeyedSubject {
    private final LocalBucketBuilder builder = bucket4j();
    private final ConcurrentHashMap<String, Bucket> map = new ConcurrentHashMap<>();

    @Override
    void make() {}

    @Override
    boolean tryAcquire(String key) {
      Bucket bucket = map.get(key);
      if (bucket == null) {
        bucket = map.computeIfAbsent(key, k -> builder.build());
      }
      return bucket.tryConsume(1);
    }

    @Override
    long size() {
      return map.mappingCount();
    }
  }

  /**
   * Forgets what was not used for a while, whether the bucket is full or not. There is room for all
   * keys. Its {@code get} looks without a lock before it computes.
   */
  @State(Scope.Benchmark)
  public static class CaffeineOfBucket4j extends KeyedSubject {
    private final LocalBucketBuilder builder = bucket4j();
    private Cache<String, Bucket> cache;

    @Override
    void make() {
      cache =
          Caffeine.newBuilder()
              .expireAfterAccess(Duration.ofMinutes(10))
              .maximumSize(10 * KEYS)
              .build();
    }

    @Override
    boolean tryAcquire(String key) {
      return cache.get(key, k -> builder.build()).tryConsume(1);
    }

    @Override
    long size() {
      return cache.estimatedSize();
    }
  }

  /** Makes buckets that grant every call; those of one builder share the limit. */
  private static LocalBucketBuilder bucket4j() {
    long plenty = BucketSubject.PLENTY_PER_SECOND;
    Bandwidth limit =
        Bandwidth.builder().capacity(plenty).refillGreedy(plenty, Duration.ofSeconds(1)).build();
    return Bucket.builder().withNanosecondPrecision().addLimit(limit);
  }

  private MapsOfBuckets() {}
}
