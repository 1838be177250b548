package io.asynctools.benchmarks;

import io.asynctools.api.Permit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decisions per microsecond while one limiter is shared by all threads, and nothing is done between
 * two of them: the worst case of contention. Every result is returned, so that JMH consumes it; the
 * state changes are volatile writes that no compiler may drop.
 *
 * <p>The limiters are called as a user calls them, through the peers' own public types; only one
 * implementation is loaded in each fork, so that no peer pays for a virtual call.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
public class TokenBucketContention {

  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }

  @Benchmark
  public boolean cas(Floors.Counter counter) {
    return counter.increment();
  }

  @Benchmark
  public boolean floor(Floors.ClockAndCas floor) {
    return floor.attempt();
  }

  @Benchmark
  public Optional<Permit> ours(OurBuckets.OnSystemTime our) {
    return our.limiter.tryAcquire();
  }

  @Benchmark
  public Optional<Permit> oursPrimeRate(OurBuckets.AtPrimeRate our) {
    return our.limiter.tryAcquire();
  }

  @Benchmark
  public Optional<Permit> oursCoarse(OurBuckets.OnCoarseTime our) {
    return our.limiter.tryAcquire();
  }

  @Benchmark
  public CompletableFuture<Permit> oursAcquire(OurBuckets.GrantedAtOnce our) {
    return our.limiter.acquire();
  }

  @Benchmark
  public boolean resilience4j(Peers.Resilience4j peer) {
    return peer.limiter.acquirePermission();
  }

  @Benchmark
  public boolean bucket4j(Peers.Bucket4j peer) {
    return peer.bucket.tryConsume(1);
  }

  @Benchmark
  public boolean failsafeBursty(Peers.FailsafeBursty peer) {
    return peer.limiter.tryAcquirePermit();
  }

  @Benchmark
  public boolean failsafeSmooth(Peers.FailsafeSmooth peer) {
    return peer.limiter.tryAcquirePermit();
  }

  @Benchmark
  public boolean guava(Peers.Guava peer) {
    return peer.limiter.tryAcquire();
  }
}
