package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a contract has to know of a limiter; told by its author, see the public classes. */
interface LimiterHooks {
  AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits);

  @Nullable Duration permitEvery();

  void free(AsyncRateLimiter limiter, ManualTime time, Permit held, long permits);

  boolean weighted();

  boolean answersLater();

  void close(AsyncRateLimiter limiter);

  Duration patience();
}
