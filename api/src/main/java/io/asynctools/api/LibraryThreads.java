package io.asynctools.api;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The library's own threads. They are daemons, start when first needed, end when idle, and carry
 * neither a context class loader nor inherited thread-locals, so that they keep no application
 * alive.
 */
final class LibraryThreads {
  static final long KEEP_ALIVE_MILLIS = 1_000;

  private LibraryThreads() {}

  static ThreadFactory factory(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> newThread(task, name + "-" + count.incrementAndGet());
  }

  /**
   * Until Java 24 a thread remembers the access rights, and so the class loader, of every class on
   * the stack that made it: an application that happens to be the first to need a thread would be
   * kept as long as others keep that thread busy. So the stack is cut off here.
   */
  @SuppressWarnings("removal") // does nothing where there are no access rights any more
  private static Thread newThread(Runnable task, String name) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Thread>)
            () -> {
              Thread thread = new Thread(null, task, name, 0, false);
              thread.setDaemon(true);
              thread.setContextClassLoader(null);
              return thread;
            });
  }

  /**
   * Where waiters' futures complete by default. Not the common pool: on two cores that has one
   * thread, and {@code CompletableFuture} then starts a thread for each task.
   */
  static Executor pool() {
    return task -> Pool.EXECUTOR.execute(task);
  }

  /** Loaded, and the pool made, with its first task. */
  private static final class Pool {
    static final ThreadPoolExecutor EXECUTOR = create();

    private static ThreadPoolExecutor create() {
      int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(
              threads,
              threads,
              KEEP_ALIVE_MILLIS,
              TimeUnit.MILLISECONDS,
              new LinkedBlockingQueue<>(),
              factory("async-tools"));
      pool.allowCoreThreadTimeOut(true);
      return pool;
    }
  }
}
