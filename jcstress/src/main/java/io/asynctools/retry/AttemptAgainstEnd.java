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
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * RetryFuture, Attempt: the second attempt is started, and its time limit set, while the future is
 * cancelled. The one inside writes {@code current}, or {@code limit}, and then looks at {@code
 * over}; the one outside the other way round: no attempt goes on for nobody, and no timer.
 */
@JCStressTest
@Outcome(id = "false, false, 0", expect = ACCEPTABLE, desc = "There was no second attempt.")
@Outcome(id = "true, true, 0", expect = ACCEPTABLE, desc = "There was, and it was told.")
@State
public class AttemptAgainstEnd {
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
          .execute(() -> attempts++ == 0 ? first : second);

  @Actor
  public void fail() {
    first.completeExceptionally(new Exception("the callee is down"));
  }

  @Actor
  public void cancel() {
    future.cancel(false);
  }

  @Arbiter
  public void left(ZZI_Result r) {
    r.r1 = attempts == 2;
    r.r2 = second.isCancelled();
    r.r3 = time.timers();
  }
}
