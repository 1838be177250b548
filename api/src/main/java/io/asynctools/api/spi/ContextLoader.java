package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Carries the context class loader of a caller to the thread that runs the caller's code after a
 * wait. A policy reads it with {@link #current} when the caller comes, keeps it only while the
 * caller waits, and runs the caller's code with {@link #run}. Thread-safe.
 */
public final class ContextLoader {
  private ContextLoader() {}

  /**
   * Returns the context class loader of this thread.
   *
   * @return the loader; null if there is none, or if this thread may not read it
   */
  public static @Nullable ClassLoader current() {
    try {
      return Thread.currentThread().getContextClassLoader();
    } catch (SecurityException e) {
      return null;
    }
  }

  /**
   * Runs an action on this thread with the caller's context class loader, and restores the loader
   * that the thread had. On a thread whose loader cannot be set (one of a common pool under a
   * security manager) the action runs with the thread's own.
   *
   * @param loader the caller's loader, perhaps null
   * @param action runs the caller's code; what it throws is thrown on
   */
  public static void run(@Nullable ClassLoader loader, Runnable action) {
    requireNonNull(action, "action");
    ClassLoader before = enter(loader);
    try {
      action.run();
    } finally {
      enter(before);
    }
  }

  /** Sets the loader of this thread; returns the loader that it had. */
  static @Nullable ClassLoader enter(@Nullable ClassLoader loader) {
    Thread thread = Thread.currentThread();
    try {
      ClassLoader before = thread.getContextClassLoader();
      if (before != loader) {
        thread.setContextClassLoader(loader);
      }
      return before;
    } catch (SecurityException | UnsupportedOperationException e) {
      return loader; // so that restoring changes nothing either
    }
  }
}
