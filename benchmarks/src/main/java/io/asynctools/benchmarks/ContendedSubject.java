package io.asynctools.benchmarks;

import java.time.Duration;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One limiter that all threads of a benchmark share, in one {@link Situation}. It is checked before
 * and after every iteration that the limiter still answers as the situation says: a limiter that
 * quietly ran out of permits would be measured on the wrong path.
 */
@State(Scope.Benchmark)
public abstract class ContendedSubject {
  /** The rate of a granted limiter: more than any machine asks for. */
  static final long PLENTY_PER_SECOND = 1_000_000_000L;

  /** The period of a refused limiter, for one permit. */
  static final Duration LONG = Duration.ofDays(1);

  @Param({"GRANTED", "REFUSED"})
  public Situation situation;

  /** Makes the limiter for {@link #situation}. */
  abstract void open();

  /** One attempt, as the benchmark makes it. */
  abstract boolean attempt();

  /** Ends what the limiter started, if anything. */
  void dispose() {}

  @Setup(Level.Trial)
  public final void start() {
    open();
    if (situation == Situation.REFUSED) {
      attempt(); // takes the one permit of those that start full
    }
  }

  @Setup(Level.Iteration)
  public final void checkBefore() {
    check();
  }

  @TearDown(Level.Iteration)
  public final void checkAfter() {
    check();
  }

  @TearDown(Level.Trial)
  public final void end() {
    dispose();
  }

  private void check() {
    if (attempt() != (situation == Situation.GRANTED)) {
      throw new IllegalStateException(getClass() + " does not answer " + situation);
    }
  }
}
