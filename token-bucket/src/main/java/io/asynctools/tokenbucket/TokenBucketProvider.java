package io.asynctools.tokenbucket;

import com.google.auto.service.AutoService;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.api.spi.LimiterSettings;
import java.util.List;
import java.util.function.Supplier;

/** Finds the token bucket by its name, {@code token-bucket}. */
@AutoService(LimiterProvider.class)
@SuppressWarnings({
  "rawtypes",
  "exports"
}) // a service has no type arguments; nobody sees the annotation at run time
public final class TokenBucketProvider implements LimiterProvider<TokenBucketRateLimiter> {
  static final String NAME = "token-bucket";

  static final ConfigOption<Rate> RATE =
      ConfigOption.required("rate", Rate.class, "how fast tokens come in");
  static final ConfigOption<Long> CAPACITY =
      ConfigOption.of(
          "capacity",
          Long.class,
          null,
          "how many tokens are kept; by default a second's worth, at least 1");
  static final ConfigOption<Long> INITIAL_TOKENS =
      ConfigOption.of(
          "initial-tokens",
          Long.class,
          null,
          "how many tokens there are at first; full by default");
  static final ConfigOption<Long> TOKENS_PER_CALL =
      ConfigOption.of("tokens-per-call", Long.class, 1L, "what a call costs that does not say");

  /** For {@link java.util.ServiceLoader}. */
  public TokenBucketProvider() {}

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
        RATE,
        CAPACITY,
        INITIAL_TOKENS,
        TOKENS_PER_CALL,
        LimiterSettings.MAX_WAIT,
        LimiterSettings.MAX_WAITERS);
  }

  @Override
  public TokenBucketRateLimiter create(LimiterConfig config) {
    return builder(config).build();
  }

  /** All the buckets share one rule, so that each is one small object. */
  @Override
  public Supplier<TokenBucketRateLimiter> prepare(LimiterConfig config) {
    TokenBucketRateLimiter.Builder builder = builder(config);
    BucketRule rule = builder.rule();
    LimiterSettings settings = builder.settings();
    return () -> new TokenBucketRateLimiter(rule, settings);
  }

  private static TokenBucketRateLimiter.Builder builder(LimiterConfig config) {
    TokenBucketRateLimiter.Builder builder =
        TokenBucketRateLimiter.builder(config.get(RATE))
            .tokensPerCall(config.get(TOKENS_PER_CALL))
            .settings(LimiterSettings.of(config, NAME));
    Long capacity = config.get(CAPACITY);
    if (capacity != null) {
      builder.capacity(capacity);
    }
    Long initialTokens = config.get(INITIAL_TOKENS);
    if (initialTokens != null) {
      builder.initialTokens(initialTokens);
    }
    return builder;
  }
}
