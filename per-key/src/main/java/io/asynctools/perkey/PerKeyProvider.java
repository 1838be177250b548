package io.asynctools.perkey;

import com.google.auto.service.AutoService;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the limiter of many keys by its name, {@code per-key}. */
@AutoService(LimiterProvider.class)
@SuppressWarnings({
  "rawtypes",
  "exports"
}) // a service has no type arguments; nobody sees the annotation at run time
public final class PerKeyProvider
    implements LimiterProvider<PerKeyRateLimiter<String, AsyncRateLimiter>> {
  static final String NAME = "per-key";

  static final ConfigOption<String> LIMITER =
      ConfigOption.required("limiter", String.class, "which limiter each key has");
  static final ConfigOption<String> LIMITER_OPTIONS =
      ConfigOption.of("limiter.*", String.class, null, "the options of that limiter");
  static final ConfigOption<Duration> MAX_IDLE =
      ConfigOption.of(
          "max-idle",
          Duration.class,
          Duration.ofMinutes(10),
          "how long an idle key is kept after its last use");
  static final ConfigOption<Duration> CLEANUP_INTERVAL =
      ConfigOption.of(
          "cleanup-interval",
          Duration.class,
          Duration.ofSeconds(60),
          "how often idle keys are looked for");
  static final ConfigOption<Boolean> KEEP_IDLE_KEYS =
      ConfigOption.of(
          "keep-idle-keys",
          Boolean.class,
          false,
          "true evicts no key for being idle; not beside max-idle or cleanup-interval");
  static final ConfigOption<Long> MAX_KEYS =
      ConfigOption.of(
          "max-keys", Long.class, null, "how many keys there may be at once; unbounded by default");

  /** For {@link java.util.ServiceLoader}. */
  public PerKeyProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<? super PerKeyRateLimiter<String, AsyncRateLimiter>> type() {
    return KeyedRateLimiter.class;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(LIMITER, LIMITER_OPTIONS, MAX_IDLE, CLEANUP_INTERVAL, KEEP_IDLE_KEYS, MAX_KEYS);
  }

  @Override
  public PerKeyRateLimiter<String, AsyncRateLimiter> create(LimiterConfig config) {
    PerKeyConfig options =
        PerKeyConfig.of(
            ifGiven(config, MAX_IDLE),
            ifGiven(config, CLEANUP_INTERVAL),
            config.get(KEEP_IDLE_KEYS),
            config.get(MAX_KEYS));
    Supplier<AsyncRateLimiter> limiters = Limiters.nested(config, LIMITER);
    return new PerKeyRateLimiter<>(options, config.environment(), key -> limiters.get());
  }

  private static <T> @Nullable T ifGiven(LimiterConfig config, ConfigOption<T> option) {
    return config.names().contains(option.name()) ? config.get(option) : null;
  }
}
