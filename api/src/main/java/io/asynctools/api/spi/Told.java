package io.asynctools.api.spi;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What one operation on a {@link Line} leaves to be done after its lock: those who are to hear of
 * an outcome, in order, and perhaps one action of the rule's.
 */
final class Told implements Runnable {
  private final Executor executor;
  private @Nullable Waiter first;
  private @Nullable Waiter last;
  private @Nullable Runnable action;
  private @Nullable Runnable notice;

  Told(Executor executor) {
    this.executor = executor;
  }

  void add(Waiter waiter) {
    Waiter before = last;
    if (before == null) {
      first = waiter;
    } else {
      before.next = waiter;
    }
    last = waiter;
  }

  /** Adds an action, after those that were added before. */
  void act(Runnable next) {
    Runnable before = action;
    action =
        before == null
            ? next
            : () -> {
              before.run();
              next.run();
            };
  }

  /** Has a notice logged, on the executor: a log may block. */
  void notice(Runnable notice) {
    this.notice = notice;
  }

  /** Does all of it, without the lock and without deepening the stack. */
  void handOver() {
    if (first != null || action != null || notice != null) {
      Trampoline.run(this);
    }
  }

  @Override
  public void run() {
    if (action != null) {
      action.run();
    }
    Waiter waiter = first;
    while (waiter != null) {
      Waiter next = waiter.next;
      waiter.next = null;
      if (waiter.isToldAtOnce()) {
        waiter.run();
      } else {
        tellOnExecutor(waiter);
      }
      waiter = next;
    }
    if (notice != null) {
      log(notice);
    }
  }

  private void log(Runnable notice) {
    try {
      executor.execute(notice);
    } catch (Throwable e) { // rejected
      notice.run();
    }
  }

  private void tellOnExecutor(Waiter waiter) {
    try {
      executor.execute(waiter);
    } catch (Throwable e) { // rejected: told on the thread at hand rather than never
      waiter.run();
    }
  }
}
