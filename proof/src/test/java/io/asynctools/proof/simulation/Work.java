package io.asynctools.proof.simulation;

import java.util.concurrent.CompletableFuture;

/**
 * The stage of a call in a simulation. It tells the books that it ends before anybody else hears of
 * it: what ending it sets off is then checked against books that are up to date.
 */
final class Work extends CompletableFuture<String> {
  private final boolean reachable;
  private final Runnable onEnd;
  private boolean over;

  /**
   * A call that runs.
   *
   * @param reachable whether it can be ended from outside
   */
  Work(boolean reachable, Runnable onEnd) {
    this.reachable = reachable;
    this.onEnd = onEnd;
  }

  private void end() {
    if (!over) {
      over = true;
      onEnd.run();
    }
  }

  boolean isOver() {
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
