package io.asynctools.api;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The library's own threads. They are daemons, start when first needed, end when idle, and carry
 * neither a context class loader nor inherited thread-locals, so that they keep no application
 * alive.
 */
final class LibraryThreads {
  static final long KEEP_ALIVE_MILLIS = 1_000;
  static final int MAX_THREADS = 1_024;

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
   * Returns the default executor, where waiters' futures complete. Not the common pool: on two
   * cores that has one thread, and {@code CompletableFuture} then starts a thread for each task.
   */
  static Executor pool() {
    return task -> Pool.EXECUTOR.execute(task);
  }

  /** Loaded, and the pool made, with its first task. */
  private static final class Pool {
    static final GrowingPool EXECUTOR = create();

    private static GrowingPool create() {
      int usual = Math.max(2, Runtime.getRuntime().availableProcessors());
      int most = Math.max(MAX_THREADS, usual);
      return new GrowingPool("async-tools", usual, most, SystemTime.INSTANCE);
    }
  }
}
