package io.asynctools.benchmarks;

import java.util.concurrent.CompletionStage;
import org.openjdk.jmh.annotations.Benchmark;

/** What a retry costs a call that needs none. */
public class RetryAtOnce extends ContentionBenchmark {

  @Benchmark
  public CompletionStage<String> floor(Retries.Floor floor) {
    return floor.execute();
  }

  @Benchmark
  public CompletionStage<String> ours(Retries.Ours our) {
    return our.execute();
  }

  @Benchmark
  public CompletionStage<String> resilience4j(Retries.Resilience4j peer) {
    return peer.execute();
  }

  @Benchmark
  public CompletionStage<String> failsafe(Retries.Failsafe peer) {
    return peer.execute();
  }
}
