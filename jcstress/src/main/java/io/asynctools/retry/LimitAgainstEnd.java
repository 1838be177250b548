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
 * Attempt: the time limit of the second attempt is set while the future is cancelled, and the
 * attempt's stage cannot be reached, so that it does not end by that. Whoever sets {@code limit}
 * then looks at {@code over}, whoever ends the future then looks at {@code limit}: no timer is
 * left.
 */
@JCStressTest
@Outcome(id = "0", expect = ACCEPTABLE, desc = "No timer is left.")
@State
public class LimitAgainstEnd {
  private final CountedTime time = new CountedTime();
  private final CompletableFuture<String> first = new CompletableFuture<>();
  private final CompletableFuture<String> second = new CompletableFuture<>();
  private volatile int attempts;
  private final CompletableFuture<String> future =
      Retry.builder()
          .initialDelay(Duration.ZERO)
          .attemptTimeout(Duration.ofSeconds(1))
          .timeSource(time)
          .executor(Runnable::run)
          .build()
          .execute(() -> attempts++ == 0 ? first : second.minimalCompletionStage());

  @Actor
  public void fail() {
    first.completeExceptionally(new Exception("the callee is down"));
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
