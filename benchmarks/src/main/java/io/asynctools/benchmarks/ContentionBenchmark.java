package io.asynctools.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Operations per microsecond while all threads share one subject and do nothing between two of
 * them: the worst case of contention. Every result is returned, so that JMH consumes it; the state
 * changes are volatile writes that no compiler may drop.
 *
 * <p>Everything is called as a user calls it, through the peers' own public types; only one
 * implementation is loaded in each fork, so that no peer pays for a virtual call.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
public abstract class ContentionBenchmark {

  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }

  @Benchmark
  public boolean cas(Floors.Counter counter) {
    return counter.increment();
  }
}
