package io.asynctools.retry;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.jcstress.CountedTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Attempt: a delay begins while the future is cancelled. Whoever sets {@code pause} then looks at
 * {@code over}, whoever ends the future then looks at {@code pause}: no timer is left.
 */
@JCStressTest
@Outcome(id = "0", expect = ACCEPTABLE, desc = "No timer is left.")
@State
public class PauseAgainstEnd {
  private final CountedTime time = new CountedTime();
  private final CompletableFuture<String> stage = new CompletableFuture<>();
  private final CompletableFuture<String> future =
      Retry.builder()
          .initialDelay(Duration.ofSeconds(1))
          .timeSource(time)
          .executor(Runnable::run)
          .build()
          .execute(() -> stage);

  @Actor
  public void fail() {
    stage.completeExceptionally(new Exception("the callee is down"));
  }

  @Actor
  public void cancel() {
    future.cancel(false);
  }

  @Arbiter
  public void left(I_Result r) {
    r.r1 = time.timers();
  }
}
