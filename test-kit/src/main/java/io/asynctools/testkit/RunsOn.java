package io.asynctools.testkit;

import java.util.concurrent.CompletableFuture;

/** What a call gives that nobody can end from outside: it completes when its work does. */
final class RunsOn extends CompletableFuture<Object> {
  @Override
  public CompletableFuture<Object> toCompletableFuture() {
    throw new UnsupportedOperationException("not to be ended from outside");
  }
}
