package io.asynctools.benchmarks;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What all threads of a benchmark share. It is checked before and after every iteration that it
 * still does what its {@link Situation} says: a limiter that quietly ran out of permits would be
 * measured on the wrong path.
 */
@State(Scope.Benchmark)
public abstract class ContendedSubject {
  /** Makes what is measured. */
  abstract void open();

  /** Uses it once or more, while no other thread does, and says whether it did as it should. */
  abstract boolean isOnPath();

  /** Ends what {@link #open} started, if anything. */
  void dispose() {}

  @Setup(Level.Trial)
  public final void start() {
    open();
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
    if (!isOnPath()) {
      throw new IllegalStateException(getClass() + " has left the path it is measured on");
    }
  }
}
