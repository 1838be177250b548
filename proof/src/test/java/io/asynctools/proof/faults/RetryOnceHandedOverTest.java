package io.asynctools.proof.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.retry.Retry;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Without a delay, what goes on is handed to the executor: once, whatever that does with it.
 *
 * <p>Promises: All 7.
 */
@Tag("unit")
class RetryOnceHandedOverTest {
  static {
    Quiet.please();
  }

  @ParameterizedTest
  @EnumSource(FaultyExecutor.Fault.class)
  void anAttemptThatFailsLaterIsFollowedByOne(FaultyExecutor.Fault fault) {
    ManualTime time = new ManualTime();
    List<CompletableFuture<String>> attempts = new ArrayList<>();
    Retry retry =
        Retry.builder()
            .maxAttempts(5)
            .initialDelay(Duration.ZERO)
            .timeSource(time)
            .executor(new FaultyExecutor(time, fault))
            .build();
    CompletableFuture<String> future =
        retry.execute(
            () -> {
              CompletableFuture<String> stage = new CompletableFuture<>();
              attempts.add(stage);
              return stage;
            });
    attempts.get(0).completeExceptionally(new IllegalStateException("failed"));
    time.runTasks();
    assertThat(attempts).as("attempts").hasSize(2);
    attempts.get(1).complete("done");
    assertThat(future).isCompletedWithValue("done");
  }
}
