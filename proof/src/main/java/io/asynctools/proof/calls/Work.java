package io.asynctools.proof.calls;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The stage of a call. It says that it ends before anybody else hears of it: what ending it sets
 * off is then checked against books that are up to date. Thread-safe.
 */
public final class Work extends CompletableFuture<String> {
  private final boolean reachable;
  private final Consumer<Work> onEnd;
  private boolean over;

  /**
   * A call that runs.
   *
   * @param reachable whether it can be ended from outside
   * @param onEnd is told once, of whoever ends it
   */
  public Work(boolean reachable, Consumer<Work> onEnd) {
    this.reachable = reachable;
    this.onEnd = onEnd;
  }

  /** Of two who end it, the second goes on only when what the first says has been said. */
  private synchronized void end() {
    if (!over) {
      over = true;
      onEnd.accept(this);
    }
  }

  /** Whether somebody has ended it, or is about to. */
  public synchronized boolean isOver() {
    return over;
  }

  @Override
  public CompletableFuture<String> toCompletableFuture() {
    if (!reachable) {
      throw new UnsupportedOperationException("not to be ended from outside");
    }
    return this;
  }

  @Override
  public boolean complete(String value) {
    end();
    return super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    end();
    return super.completeExceptionally(error);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    end();
    return super.cancel(mayInterruptIfRunning);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
