package io.asynctools.demo;

import static io.asynctools.circuitbreaker.CircuitBreaker.State.CLOSED;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.HALF_OPEN;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.demo.BreakerWatch.Change;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class BreakerWatchTest {
  private final ManualTime time = new ManualTime();
  private State state = CLOSED;
  private final BreakerWatch watch = new BreakerWatch(() -> state, time);

  @Test
  void itLooksWhenACallComesAndWhenItHasEnded() {
    CompletableFuture<String> call = new CompletableFuture<>();
    state = HALF_OPEN;
    CompletableFuture<String> result = watch.execute(() -> call);
    state = OPEN;
    time.advance(Duration.ofNanos(7));
    call.complete("done");
    assertThat(result).isCompletedWithValue("done");
    state = CLOSED;
    assertThat(watch.newChanges())
        .containsExactly(
            new Change(0, CLOSED, HALF_OPEN),
            new Change(7, HALF_OPEN, OPEN),
            new Change(7, OPEN, CLOSED));
    assertThat(watch.newChanges()).isEmpty();
  }

  @Test
  void cancellingItsResultCancelsTheCall() {
    CompletableFuture<String> call = new CompletableFuture<>();
    watch.execute(() -> call).cancel(true);
    assertThat(call).isCancelled();
  }

  @Test
  void aCallThatCannotStartIsAFailedFuture() {
    IllegalStateException error = new IllegalStateException("no");
    assertThat(
            watch.execute(
                () -> {
                  throw error;
                }))
        .isCompletedExceptionally();
  }
}
