package io.asynctools.benchmarks;

import java.util.concurrent.CompletableFuture;

/** Who decides by asking Redis, on one connection. It ends with its JVM. */
interface RedisContender {

  /** Whatever it wants to be told of a key before it is asked the first time. */
  default CompletableFuture<?> prepare(String key) {
    return CompletableFuture.completedFuture(null);
  }

  /** One decision, as a user asks for it; whether it is a grant. */
  CompletableFuture<Boolean> decide(String key);
}
