package io.asynctools.circuitbreaker;

import java.util.concurrent.CompletableFuture;

/** The stage of a call that hangs, whatever anybody does from outside. */
final class Unreachable extends CompletableFuture<Object> {
  @Override
  public CompletableFuture<Object> toCompletableFuture() {
    throw new UnsupportedOperationException("not to be ended from outside");
  }
}
