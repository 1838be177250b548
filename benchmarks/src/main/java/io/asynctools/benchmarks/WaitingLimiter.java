package io.asynctools.benchmarks;

import java.util.concurrent.CompletableFuture;

/** A limiter whose callers queue: ours or a peer's. */
interface WaitingLimiter extends AutoCloseable {

  /** Joins the line; the future completes when the permit is there. */
  CompletableFuture<?> acquire();

  /** Stops timers; waiters may stay incomplete. */
  @Override
  void close();
}
