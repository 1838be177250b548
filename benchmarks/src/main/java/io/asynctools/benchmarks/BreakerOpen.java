package io.asynctools.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** A refusal by an open circuit breaker, which has to look whether its time-out has passed. */
public class BreakerOpen extends ContentionBenchmark {

  @Benchmark
  public boolean floor(OpenBreakers.Floor floor) {
    return floor.attempt();
  }

  @Benchmark
  public boolean ours(OpenBreakers.Ours our) {
    return our.attempt();
  }

  @Benchmark
  public boolean resilience4j(OpenBreakers.Resilience4j peer) {
    return peer.attempt();
  }

  @Benchmark
  public boolean failsafe(OpenBreakers.Failsafe peer) {
    return peer.attempt();
  }
}
