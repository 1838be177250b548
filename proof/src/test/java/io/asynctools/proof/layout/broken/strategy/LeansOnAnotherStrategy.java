package io.asynctools.proof.layout.broken.strategy;

import io.asynctools.semaphore.SemaphoreRateLimiter;

/** A strategy that needs another one's artifact. */
public final class LeansOnAnotherStrategy {
  private final SemaphoreRateLimiter other = SemaphoreRateLimiter.builder(1).build();

  @Override
  public String toString() {
    return other.name();
  }
}
