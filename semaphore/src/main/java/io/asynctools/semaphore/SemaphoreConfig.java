package io.asynctools.semaphore;

import org.jspecify.annotations.Nullable;

/** What a semaphore is built with, checked. Shared by all semaphores that are built alike. */
record SemaphoreConfig(int maxConcurrent, boolean cancelCalls) {
  SemaphoreConfig {
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException("maxConcurrent must be at least 1, was " + maxConcurrent);
    }
  }

  /** The same semaphore with another limit. */
  SemaphoreConfig with(int newMaxConcurrent) {
    return new SemaphoreConfig(newMaxConcurrent, cancelCalls);
  }

  // Written out: of the generated form the JDK keeps the last class it ran on, and so its loader.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SemaphoreConfig that
        && maxConcurrent == that.maxConcurrent
        && cancelCalls == that.cancelCalls;
  }

  @Override
  public int hashCode() {
    return 31 * maxConcurrent + Boolean.hashCode(cancelCalls);
  }

  @Override
  public String toString() {
    return "SemaphoreConfig[maxConcurrent=" + maxConcurrent + ", cancelCalls=" + cancelCalls + "]";
  }
}
