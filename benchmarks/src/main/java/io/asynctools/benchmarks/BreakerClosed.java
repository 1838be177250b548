package io.asynctools.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** A permission and a success, of a closed circuit breaker that sees no failure. */
public class BreakerClosed extends ContentionBenchmark {

  @Benchmark
  public boolean oursConsecutive(OurBreakers.Consecutive our) {
    return our.succeed();
  }

  @Benchmark
  public boolean oursCount(OurBreakers.CountWindow our) {
    return our.succeed();
  }

  @Benchmark
  public boolean oursTime(OurBreakers.TimeWindow our) {
    return our.succeed();
  }

  @Benchmark
  public boolean resilience4jCount(PeerBreakers.Resilience4jCount peer) {
    return peer.succeed();
  }

  @Benchmark
  public boolean resilience4jUntimed(PeerBreakers.Resilience4jUntimed peer) {
    return peer.succeed();
  }

  @Benchmark
  public boolean resilience4jTime(PeerBreakers.Resilience4jTime peer) {
    return peer.succeed();
  }

  @Benchmark
  public boolean failsafeDefault(PeerBreakers.FailsafeDefault peer) {
    return peer.succeed();
  }

  @Benchmark
  public boolean failsafeCount(PeerBreakers.FailsafeCount peer) {
    return peer.succeed();
  }

  @Benchmark
  public boolean failsafeTime(PeerBreakers.FailsafeTime peer) {
    return peer.succeed();
  }
}
