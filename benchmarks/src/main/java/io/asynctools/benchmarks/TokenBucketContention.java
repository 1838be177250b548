package io.asynctools.benchmarks;

import io.asynctools.api.Permit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;

/** A decision of a rate limiter, in the situations GRANTED and REFUSED. */
public class TokenBucketContention extends ContentionBenchmark {

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
  public boolean resilience4j(PeerBuckets.Resilience4j peer) {
    return peer.limiter.acquirePermission();
  }

  @Benchmark
  public boolean bucket4j(PeerBuckets.Bucket4j peer) {
    return peer.bucket.tryConsume(1);
  }

  @Benchmark
  public boolean failsafeBursty(PeerBuckets.FailsafeBursty peer) {
    return peer.limiter.tryAcquirePermit();
  }

  @Benchmark
  public boolean failsafeSmooth(PeerBuckets.FailsafeSmooth peer) {
    return peer.limiter.tryAcquirePermit();
  }

  @Benchmark
  public boolean guava(PeerBuckets.Guava peer) {
    return peer.limiter.tryAcquire();
  }
}
