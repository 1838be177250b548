package io.asynctools.semaphore;

import com.google.auto.service.AutoService;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.api.spi.LimiterSettings;
import java.util.List;
import java.util.function.Supplier;

/** Finds the semaphore by its name, {@code semaphore}. */
@AutoService(LimiterProvider.class)
@SuppressWarnings({
  "rawtypes",
  "exports"
}) // a service has no type arguments; nobody sees the annotation at run time
public final class SemaphoreProvider implements LimiterProvider<SemaphoreRateLimiter> {
  static final String NAME = "semaphore";

  static final ConfigOption<Integer> MAX_CONCURRENT =
      ConfigOption.required("max-concurrent", Integer.class, "how many permits may be out at once");
  static final ConfigOption<Boolean> CANCEL_CALLS =
      ConfigOption.of(
          "cancel-calls",
          Boolean.class,
          true,
          "whether ending what execute returned ends the call's own future too");

  /** For {@link java.util.ServiceLoader}. */
  public SemaphoreProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<AsyncRateLimiter> type() {
    return AsyncRateLimiter.class;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(
        MAX_CONCURRENT, LimiterSettings.MAX_WAIT, LimiterSettings.MAX_WAITERS, CANCEL_CALLS);
  }

  @Override
  public SemaphoreRateLimiter create(LimiterConfig config) {
    return prepare(config).get();
  }

  /** All the semaphores share one configuration, so that each is one small object. */
  @Override
  public Supplier<SemaphoreRateLimiter> prepare(LimiterConfig config) {
    SemaphoreConfig limits =
        new SemaphoreConfig(config.get(MAX_CONCURRENT), config.get(CANCEL_CALLS));
    LimiterSettings settings = LimiterSettings.of(config, NAME);
    return () -> new SemaphoreRateLimiter(limits, settings);
  }
}
