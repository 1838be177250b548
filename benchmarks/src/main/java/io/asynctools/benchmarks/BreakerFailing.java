package io.asynctools.benchmarks;

import io.asynctools.benchmarks.BreakerSubject.Outcomes;
import org.openjdk.jmh.annotations.Benchmark;

/** A permission and an outcome, every hundredth a failure: too few to open the circuit breaker. */
public class BreakerFailing extends ContentionBenchmark {

  @Benchmark
  public boolean oursConsecutive(OurBreakers.Consecutive our, Outcomes outcomes) {
    return outcomes.isNextFailure() ? our.fail() : our.succeed();
  }

  @Benchmark
  public boolean oursCount(OurBreakers.CountWindow our, Outcomes outcomes) {
    return outcomes.isNextFailure() ? our.fail() : our.succeed();
  }

  @Benchmark
  public boolean oursTime(OurBreakers.TimeWindow our, Outcomes outcomes) {
    return outcomes.isNextFailure() ? our.fail() : our.succeed();
  }

  @Benchmark
  public boolean resilience4jCount(PeerBreakers.Resilience4jCount peer, Outcomes outcomes) {
    return outcomes.isNextFailure() ? peer.fail() : peer.succeed();
  }

  @Benchmark
  public boolean resilience4jUntimed(PeerBreakers.Resilience4jUntimed peer, Outcomes outcomes) {
    return outcomes.isNextFailure() ? peer.fail() : peer.succeed();
  }

  @Benchmark
  public boolean resilience4jTime(PeerBreakers.Resilience4jTime peer, Outcomes outcomes) {
    return outcomes.isNextFailure() ? peer.fail() : peer.succeed();
  }

  @Benchmark
  public boolean failsafeCount(PeerBreakers.FailsafeCount peer, Outcomes outcomes) {
    return outcomes.isNextFailure() ? peer.fail() : peer.succeed();
  }

  @Benchmark
  public boolean failsafeTime(PeerBreakers.FailsafeTime peer, Outcomes outcomes) {
    return outcomes.isNextFailure() ? peer.fail() : peer.succeed();
  }
}
