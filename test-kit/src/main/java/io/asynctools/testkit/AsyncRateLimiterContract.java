package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What every limiter promises, as tests: for anything that admits calls, whether or not it queues.
 * Extend it in your tests, say how one of your limiters is made, and each promise is a test of
 * yours:
 *
 * <pre>{@code
 * class GateContractTest extends AsyncRateLimiterContract {
 *   @Override public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
 *     return new Gate(settings, permits); // or builder.name(settings.name())...
 *   }
 * }
 * }</pre>
 *
 * <p>The display name of each test is the promise that it checks, with its number in {@code
 * docs/semantics.md}, or API where the Javadoc of {@link AsyncRateLimiter} promises it. The message
 * of a failure begins with that promise, and says in a sentence what was to be. A limiter that
 * documents otherwise overrides the test in question, which shows what it does not promise. A
 * limiter that queues extends {@link WaitingLimiterContract}.
 *
 * <p>Time is manual, and its clock wraps half a second after each test's start; only the blocking
 * forms and a few races use real threads. No test sleeps.
 */
@Timeout(120)
public abstract class AsyncRateLimiterContract
    implements PermitPromises,
        CallPromises,
        ArgumentPromises,
        ClosingPromises,
        BlockingPromises,
        FrugalPromises {

  @RegisterExtension static final PromiseInMessage PROMISE_IN_MESSAGE = new PromiseInMessage();

  /** For subclasses. */
  protected AsyncRateLimiterContract() {}

  @Override
  public abstract AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits);

  @Override
  public @Nullable Duration permitEvery() {
    return null;
  }

  @Override
  public void free(AsyncRateLimiter limiter, ManualTime time, Permit held, long permits) {
    Duration every = permitEvery();
    if (every == null) {
      held.release();
    } else {
      time.advance(permitsComeBackTogether() ? every : every.multipliedBy(permits));
    }
  }

  @Override
  public boolean permitsComeBackTogether() {
    return false;
  }

  @Override
  public boolean weighted() {
    return true;
  }

  @Override
  public boolean answersLater() {
    return false;
  }

  @Override
  public void close(AsyncRateLimiter limiter) {
    limiter.close();
  }

  @Override
  public Duration patience() {
    return Duration.ofSeconds(30);
  }
}
