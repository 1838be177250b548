package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;

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
 * <p>Each test says which promise of <i>All limiters</i> in {@code docs/semantics.md} it checks. A
 * limiter that documents otherwise overrides the test in question, which shows what it does not
 * promise. A limiter that queues extends {@link WaitingLimiterContract}.
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

  /** For subclasses. */
  protected AsyncRateLimiterContract() {}

  /**
   * Makes a fresh limiter that can admit exactly so many permits now, and none above them before
   * one comes back. Nor may a single request ask for more than that, where {@link #weighted}.
   *
   * <p>The limiter must use the name, time source and executor of the settings, and, if it queues,
   * their {@code maxWait} (null: no bound) and {@code maxWaiters}.
   *
   * @param time the time of this limiter; nobody else uses it
   * @param settings what it is to be built with; its time source is {@code time}
   * @param permits how many it can admit, at least 1
   * @return the limiter
   */
  @Override
  public abstract AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits);

  /**
   * The time in which one permit comes back, for limiters whose permits come back by time alone,
   * and never beyond what they began with: a bucket of 1 a second says a second. At most a day.
   *
   * @return the time; null, the default, if permits come back when they are released
   */
  @Override
  public @Nullable Duration permitEvery() {
    return null;
  }

  /**
   * Makes permits come back: by default releases what is held or, where {@link #permitEvery} says
   * so, moves the time.
   *
   * @param limiter the limiter
   * @param time its time
   * @param held one permit that stands for all that are to come back, not ended yet
   * @param permits how many come back: as many as {@code held} stands for
   */
  @Override
  public void free(AsyncRateLimiter limiter, ManualTime time, Permit held, long permits) {
    Duration every = permitEvery();
    if (every == null) {
      held.release();
    } else {
      time.advance(every.multipliedBy(permits));
    }
  }

  /**
   * Whether a request for n permits weighs n. A limiter that counts calls, whatever they ask for,
   * says no.
   *
   * @return true by default
   */
  @Override
  public boolean weighted() {
    return true;
  }

  /**
   * Whether the limiter answers later, so that {@code tryAcquire} may always refuse and {@code
   * acquire(n, Duration.ZERO)} is the try. Its answers must then come from tasks or timers of the
   * {@link ManualTime} that it was made with.
   *
   * @return false by default
   */
  @Override
  public boolean answersLater() {
    return false;
  }

  /**
   * Closes the limiter. One that is a view, whose own {@code close} does nothing, closes what is
   * behind it.
   *
   * @param limiter the limiter
   */
  @Override
  public void close(AsyncRateLimiter limiter) {
    limiter.close();
  }

  /**
   * How long a test that uses other threads waits for them before it calls them stuck. A limiter
   * that keeps its promises never makes a test wait that long.
   *
   * @return half a minute by default
   */
  @Override
  public Duration patience() {
    return Duration.ofSeconds(30);
  }
}
