package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a contract has to know of a limiter; told by its author, see the public classes. */
interface LimiterHooks {
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
  AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits);

  /**
   * The time in which one permit comes back, for limiters whose permits come back by time alone,
   * and never beyond what they began with: a bucket of 1 a second says a second. Where {@link
   * #permitsComeBackTogether}, the time in which all of them do: the length of a window. At most a
   * day.
   *
   * @return the time; null, the default, if permits come back when they are released
   */
  @Nullable Duration permitEvery();

  /**
   * Whether permits come back together: all permits that are out at an instant are back once {@link
   * #permitEvery} has passed, as in a limiter that counts the calls of a window. Otherwise each
   * {@link #permitEvery} brings one permit back.
   *
   * @return false by default
   */
  boolean permitsComeBackTogether();

  /**
   * Makes permits come back: by default releases what is held or, where {@link #permitEvery} says
   * so, moves the time.
   *
   * @param limiter the limiter
   * @param time its time
   * @param held one permit that stands for all that are to come back, not ended yet
   * @param permits how many come back: as many as {@code held} stands for
   */
  void free(AsyncRateLimiter limiter, ManualTime time, Permit held, long permits);

  /**
   * Whether a request for n permits weighs n. A limiter that counts calls, whatever they ask for,
   * says no.
   *
   * @return true by default
   */
  boolean weighted();

  /**
   * Whether the limiter answers later, so that {@code tryAcquire} may always refuse and {@code
   * acquire(n, Duration.ZERO)} is the try. Its answers must then come from tasks or timers of the
   * {@link ManualTime} that it was made with.
   *
   * @return false by default
   */
  boolean answersLater();

  /**
   * Closes the limiter. One that is a view, whose own {@code close} does nothing, closes what is
   * behind it.
   *
   * @param limiter the limiter
   */
  void close(AsyncRateLimiter limiter);

  /**
   * How long a test that uses other threads waits for them before it calls them stuck. A limiter
   * that keeps its promises never makes a test wait that long.
   *
   * @return half a minute by default
   */
  Duration patience();
}
