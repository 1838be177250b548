package io.asynctools.semaphore;

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
}
