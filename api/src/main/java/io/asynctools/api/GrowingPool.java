package io.asynctools.api;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs each task on one of a few threads, and on more threads while its threads are blocked. A
 * thread that finds no task for a second ends.
 *
 * <p><b>When it grows.</b> While more tasks are queued than threads are idle, a check runs on the
 * timer every 2 ms. If fewer tasks than the usual number of threads have ended since the check
 * before, the threads are slow. After two slow checks in a row the pool starts one more thread for
 * each queued task, at most doubling (but by 16 if that is more). So a task waits 6 to 8 ms for a
 * thread if all are blocked. A burst of short tasks starts no thread, since thousands of them end
 * between two checks. A pause of the whole JVM starts none, since it makes only one check slow.
 *
 * <p><b>At the bound</b> tasks stay queued until a running task ends. The log says so once.
 *
 * <p><b>No check is missed.</b> A check is due if more tasks are queued than threads are idle. That
 * becomes true only if a task is queued or if a thread stops being idle. Both look afterwards, and
 * so does the last check after it has stopped the checks; all of these are volatile accesses.
 */
final class GrowingPool implements Executor {
  static final long CHECK_NANOS = 2_000_000;
  private static final int SLOW_CHECKS = 2;
  private static final int LEAST_STEP = 16;

  private final TimeSource timer;
  private final int usual;
  private final int most;
  private final ThreadFactory threads;
  private final Tasks queue = new Tasks();
  private final ThreadPoolExecutor pool;
  private final AtomicBoolean checking = new AtomicBoolean();

  // Written by one check after another.
  private int slowChecks;
  private long ended;
  private boolean logged;

  /**
   * Creates a pool without threads.
   *
   * @param name the beginning of its threads' names
   * @param usual the number of threads that it starts before it queues a task
   * @param most the maximum number of threads
   * @param timer runs the checks
   */
  GrowingPool(String name, int usual, int most, TimeSource timer) {
    this.timer = timer;
    this.usual = usual;
    this.most = most;
    this.threads = LibraryThreads.factory(name);
    this.pool =
        new ThreadPoolExecutor(
            usual, most, LibraryThreads.KEEP_ALIVE_MILLIS, TimeUnit.MILLISECONDS, queue, threads) {
          @Override
          protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            forgetLoader();
          }
        };
    pool.allowCoreThreadTimeOut(true);
  }

  /** A task may have left the context class loader of an application behind. */
  private static void forgetLoader() {
    Thread thread = Thread.currentThread();
    try {
      if (thread.getContextClassLoader() != null) {
        thread.setContextClassLoader(null);
      }
    } catch (SecurityException e) {
      // The thread keeps the loader until it ends.
    }
  }

  @Override
  public void execute(Runnable task) {
    pool.execute(task);
    checkIfBehind();
  }

  /** Starts the checks if tasks wait for which no thread is idle. */
  private void checkIfBehind() {
    if (!checking.get() && queue.isBehind() && checking.compareAndSet(false, true)) {
      slowChecks = -1; // the first check only counts
      scheduleCheck();
    }
  }

  private void scheduleCheck() {
    try {
      TimeSource.Cancellable unused = timer.schedule(this::check, CHECK_NANOS);
    } catch (Throwable e) { // out of memory: the next task starts the checks again
      checking.set(false);
    }
  }

  private void check() {
    if (!queue.isBehind()) {
      checking.set(false);
      checkIfBehind();
      return;
    }
    long now = pool.getCompletedTaskCount();
    slowChecks = slowChecks < 0 || now - ended < usual ? slowChecks + 1 : 0;
    ended = now;
    if (slowChecks < SLOW_CHECKS) {
      scheduleCheck();
      return;
    }
    slowChecks = 0;
    try {
      threads.newThread(this::grow).start(); // starting many would hold up the timer
    } catch (Throwable e) { // no thread to be had: perhaps later
      scheduleCheck();
    }
  }

  private void grow() {
    try {
      int size = pool.getPoolSize();
      if (size < most) {
        int step = Math.min(queue.size(), Math.max(size, LEAST_STEP));
        // Starts a thread for each queued task, up to this number. Back at the usual number, the
        // pool starts no more, and keeps those that it has until they are idle.
        pool.setCorePoolSize(Math.max(Math.min(size + step, most), usual));
        pool.setCorePoolSize(usual);
      } else if (!logged) {
        logged = true;
        System.getLogger("io.asynctools")
            .log(
                System.Logger.Level.WARNING,
                "all "
                    + most
                    + " threads of the default executor are blocked by callbacks; further callbacks"
                    + " wait. Give limiters whose callbacks block an executor of their own"
                    + " (option 'executor' of the builder)");
      }
    } catch (Throwable e) { // no more threads to be had, or no log: perhaps later
      pool.setCorePoolSize(usual);
    } finally {
      scheduleCheck();
    }
  }

  @Override
  public String toString() {
    return "GrowingPool[threads=" + pool.getPoolSize() + ", queued=" + queue.size() + "]";
  }

  /** A queue that knows how many threads wait for a task. */
  private final class Tasks extends LinkedBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final AtomicInteger idle = new AtomicInteger();

    boolean isBehind() {
      return size() > idle.get();
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
      Runnable task = poll();
      if (task != null) {
        return task;
      }
      idle.incrementAndGet();
      try {
        return super.poll(timeout, unit);
      } finally {
        idle.decrementAndGet();
        checkIfBehind();
      }
    }
  }
}
