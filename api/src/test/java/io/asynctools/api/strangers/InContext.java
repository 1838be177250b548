package io.asynctools.api.strangers;

import java.util.function.Supplier;

/** Runs something under another context class loader. */
public final class InContext {
  private InContext() {}

  public static <T> T of(ClassLoader loader, Supplier<T> action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return action.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
