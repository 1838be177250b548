package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The system's clock, and the one timer thread of the library. */
final class SystemTime implements TimeSource {
  static final SystemTime INSTANCE = new SystemTime();

  private SystemTime() {}

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    requireNonNull(task, "task");
    Future<?> scheduled =
        Timer.EXECUTOR.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /** The executor would keep what a task throws to itself. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      System.getLogger("io.asynctools")
          .log(System.Logger.Level.ERROR, "a timer task threw: " + task, e);
    }
  }

  /** Loaded, and the executor made, when somebody first needs a timer. */
  private static final class Timer {
    static final ScheduledThreadPoolExecutor EXECUTOR = create();

    private static ScheduledThreadPoolExecutor create() {
      ScheduledThreadPoolExecutor timer =
          new ScheduledThreadPoolExecutor(1, LibraryThreads.factory("async-tools-timer"));
      timer.setRemoveOnCancelPolicy(true); // a cancelled timer must not hold its limiter
      timer.setKeepAliveTime(LibraryThreads.KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS);
      timer.allowCoreThreadTimeOut(true);
      return timer;
    }
  }
}
