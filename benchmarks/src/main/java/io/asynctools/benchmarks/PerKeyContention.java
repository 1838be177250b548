package io.asynctools.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;

/**
 * A decision for a random one of a million keys: most of it is the way to the key's limiter, which
 * is in no cache of the processor.
 */
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class PerKeyContention extends ContentionBenchmark {

  @Benchmark
  public boolean floor(MapsOfBuckets.OfLongs floor, RandomKey random) {
    return floor.tryAcquire(random);
  }

  @Benchmark
  public boolean ours(OurKeys.Kept our, RandomKey random) {
    return our.tryAcquire(random);
  }

  @Benchmark
  public boolean oursForgotten(OurKeys.Forgotten our, RandomKey random) {
    return our.tryAcquire(random);
  }

  @Benchmark
  public boolean mapOfBucket4jAsUsual(MapsOfBuckets.AsUsual peer, RandomKey random) {
    return peer.tryAcquire(random);
  }

  @Benchmark
  public boolean mapOfBucket4j(MapsOfBuckets.OfBucket4j peer, RandomKey random) {
    return peer.tryAcquire(random);
  }

  @Benchmark
  public boolean caffeineOfBucket4j(MapsOfBuckets.CaffeineOfBucket4j peer, RandomKey random) {
    return peer.tryAcquire(random);
  }
}
