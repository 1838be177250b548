package io.asynctools.redis;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.LimiterSettings;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tries to connect, again and again, while a caller awaits that Redis can be asked. */
final class Startup {
  private final Scripts scripts;
  private final LimiterSettings settings;
  private final long pause;
  private final Set<CompletableFuture<@Nullable Void>> awaited = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param pause between an attempt that failed and the next, in nanoseconds
   */
  Startup(Scripts scripts, LimiterSettings settings, long pause) {
    this.scripts = scripts;
    this.settings = settings;
    this.pause = pause;
  }

  /** Returns a future of its own for each caller, completed on the limiter's executor. */
  CompletableFuture<@Nullable Void> ready() {
    CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    awaited.add(ready);
    CompletableFuture<?> unused =
        ready.whenComplete((done, error) -> awaited.removeIf(it -> it == ready));
    tryAgain(ready);
    return ready;
  }

  private void tryAgain(CompletableFuture<@Nullable Void> ready) {
    CompletableFuture<?> unused =
        scripts
            .attempt()
            .whenComplete(
                (done, error) -> {
                  try {
                    tried(ready, error == null ? null : Failures.unwrap(error));
                  } catch (Throwable e) { // no timer, or no thread
                    ready.completeExceptionally(e);
                  }
                });
  }

  private void tried(CompletableFuture<@Nullable Void> ready, @Nullable Throwable error) {
    if (error == null) {
      settings.executor().execute(() -> ready.complete(null));
    } else if (closed) {
      end(ready);
    } else if (error instanceof LimiterConfigException) {
      settings.executor().execute(() -> ready.completeExceptionally(error));
    } else if (!ready.isDone()) {
      var unused = settings.timeSource().schedule(() -> tryAgain(ready), pause);
    }
  }

  private void end(CompletableFuture<@Nullable Void> ready) {
    LimiterClosedException error = new LimiterClosedException(settings.name());
    try {
      settings.executor().execute(() -> ready.completeExceptionally(error));
    } catch (Throwable e) { // the executor was closed before
      ready.completeExceptionally(error);
    }
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
    awaited.forEach(this::end);
  }
}
