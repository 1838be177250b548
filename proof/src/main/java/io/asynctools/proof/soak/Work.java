package io.asynctools.proof.soak;

import java.util.concurrent.CompletableFuture;

/** The stage of a call: says that it ends before anybody else hears of it. */
final class Work extends CompletableFuture<String> {
  private final Runnable onEnd;
  private boolean over;

  Work(Runnable onEnd) {
    this.onEnd = onEnd;
  }

  /** Of two who end it, the second goes on only when what the first says has been said. */
  private synchronized void end() {
    if (!over) {
      over = true;
      onEnd.run();
    }
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
