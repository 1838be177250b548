package io.asynctools.perkey;

import java.util.concurrent.CountDownLatch;

/**
 * Stands in an entry for the limiter that is being made, so that the factory runs once, outside
 * every lock, and may use other keys. Others who want the key meanwhile wait for that.
 */
final class Creation {
  private final Thread maker = Thread.currentThread();
  private final CountDownLatch over = new CountDownLatch(1);

  void end() {
    over.countDown();
  }

  /** Waits until the limiter was made, or could not be; an interrupt ends the wait. */
  void awaitInterruptibly(Object key) throws InterruptedException {
    if (maker == Thread.currentThread() && over.getCount() > 0) {
      throw new IllegalStateException(
          "the factory asked for the limiter of key '"
              + Text.of(key, Text.KEY)
              + "' while it was making that one");
    }
    over.await();
  }

  /** Waits until the limiter was made, or could not be. An interrupt is kept for later. */
  void await(Object key) {
    boolean interrupted = false;
    while (true) {
      try {
        awaitInterruptibly(key);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
