package io.asynctools.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;

/** A permit taken and given back. */
public class SemaphoreContention extends ContentionBenchmark {

  @Benchmark
  public boolean floor(Semaphores.Floor floor) {
    return floor.takeAndGiveBack();
  }

  @Benchmark
  public boolean ours(Semaphores.Ours our) {
    return our.takeAndGiveBack();
  }

  @Benchmark
  public boolean javaUtilConcurrent(Semaphores.JavaUtilConcurrent peer) {
    return peer.takeAndGiveBack();
  }

  @Benchmark
  public boolean resilience4j(Semaphores.Resilience4j peer) {
    return peer.takeAndGiveBack();
  }

  @Benchmark
  public boolean failsafe(Semaphores.Failsafe peer) {
    return peer.takeAndGiveBack();
  }

  @Benchmark
  public boolean concurrencyLimits(Semaphores.ConcurrencyLimits peer) {
    return peer.takeAndGiveBack();
  }
}
