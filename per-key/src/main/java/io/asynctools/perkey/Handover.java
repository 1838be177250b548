package io.asynctools.perkey;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task on its way to an executor. One that would run it at once, on the thread that hands it
 * over, leaves it to that thread instead: so that no stack deepens where a task hands over the
 * next. It runs once, should an executor reject what it has run.
 */
final class Handover implements Runnable {
  private final Runnable task;
  private final Thread sender = Thread.currentThread();
  private final AtomicBoolean run = new AtomicBoolean();
  private boolean sending; // by the sender, and read by it alone
  private boolean cameBack; // likewise

  Handover(Runnable task) {
    this.task = task;
  }

  /**
   * Hands it over, once; true if it came back, and is now the caller's to do.
   *
   * @throws RuntimeException what the executor throws; it has not come back then
   */
  boolean to(Executor executor) {
    sending = true;
    try {
      executor.execute(this);
    } catch (Throwable e) {
      if (!cameBack) {
        throw e;
      }
    } finally {
      sending = false;
    }
    return cameBack;
  }

  @Override
  public void run() {
    if (sender == Thread.currentThread() && sending) {
      cameBack = true;
    } else if (run.compareAndSet(false, true)) {
      task.run();
    }
  }
}
