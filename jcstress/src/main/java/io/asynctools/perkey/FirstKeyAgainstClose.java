package io.asynctools.perkey;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.jcstress.CountedTime;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * Housekeeper, Keys: the first key sets the one task while all is closed. Whoever sets it then
 * looks whether it is closed, whoever closes then looks for a timer; and the limiter is closed too.
 */
@JCStressTest
@Outcome(id = "0, true", expect = ACCEPTABLE, desc = "No timer is left, and nothing is granted.")
@State
public class FirstKeyAgainstClose {
  private final CountedTime time = new CountedTime();
  private volatile SemaphoreRateLimiter made;
  private final PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
      PerKeyRateLimiter.builder()
          .maxIdle(Duration.ofSeconds(1))
          .timeSource(time)
          .executor(Runnable::run)
          .build(key -> made = SemaphoreRateLimiter.builder(1).build());

  @Actor
  public void use() {
    keys.forKey("key").tryAcquire().ifPresent(permit -> permit.release());
  }

  @Actor
  public void close() {
    keys.close();
  }

  @Arbiter
  public void left(IZ_Result r) {
    r.r1 = time.timers();
    r.r2 = made == null || made.tryAcquire().isEmpty();
  }
}
