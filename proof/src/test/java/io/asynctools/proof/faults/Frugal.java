package io.asynctools.proof.faults;

import io.asynctools.api.TimeSource;
import java.util.concurrent.Executor;

/**
 * Time moved by hand and an executor, which allocate nothing: for what has to run while there is no
 * memory. Single-threaded.
 */
final class Frugal implements TimeSource, Executor {
  private static final int MOST = 64;

  private final Runnable[] tasks = new Runnable[MOST];
  private final Timer[] timers = new Timer[MOST];
  private int added;
  private int done;
  private long now;

  Frugal() {
    for (int i = 0; i < MOST; i++) {
      timers[i] = new Timer();
    }
  }

  private static final class Timer implements Cancellable {
    private Runnable task;
    private long due;

    @Override
    public boolean cancel() {
      boolean was = task != null;
      task = null;
      return was;
    }
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    for (int i = 0; i < MOST; i++) {
      if (timers[i].task == null) {
        timers[i].task = task;
        timers[i].due = now + Math.max(delayNanos, 0);
        return timers[i];
      }
    }
    throw new IllegalStateException("more timers than a test has");
  }

  @Override
  public void execute(Runnable task) {
    tasks[added++ % MOST] = task;
  }

  /** Runs what was handed over. */
  void runTasks() {
    while (done < added) {
      int next = done++ % MOST;
      Runnable task = tasks[next];
      tasks[next] = null;
      task.run();
    }
  }

  /** Moves the time on, at once, and runs what is due and what was handed over. */
  void advance(long nanos) {
    runTasks();
    ring(nanos);
    runTasks();
  }

  /** Moves the time on, at once, and runs the timers that are due, but not what they hand over. */
  void ring(long nanos) {
    now += nanos;
    for (Timer timer : timers) {
      Runnable task = timer.task;
      if (task != null && timer.due - now <= 0) {
        timer.task = null;
        task.run();
      }
    }
  }

  int pending() {
    int count = 0;
    for (Timer timer : timers) {
      count += timer.task == null ? 0 : 1;
    }
    return count;
  }
}
