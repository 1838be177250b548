package io.asynctools.redis;

import com.google.auto.service.AutoService;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import java.util.List;

/** Finds the token bucket on Redis by its name, {@code redis-token-bucket}. */
@AutoService(LimiterProvider.class)
@SuppressWarnings({
  "rawtypes",
  "exports"
}) // a service has no type arguments; nobody sees the annotation at run time
public final class RedisProvider implements LimiterProvider<RedisTokenBucket> {
  static final String NAME = "redis-token-bucket";

  static final ConfigOption<String> URI =
      ConfigOption.required(
              "redis.uri",
              String.class,
              "where Redis is: redis://host:6379, rediss:// for TLS, redis-sentinel://")
          .sensitive();
  static final ConfigOption<Rate> RATE =
      ConfigOption.required("rate", Rate.class, "how fast tokens come in, for all JVMs together");
  static final ConfigOption<Long> CAPACITY =
      ConfigOption.of(
          "capacity",
          Long.class,
          null,
          "how many tokens are kept; by default a second's worth, at least 1");
  static final ConfigOption<String> KEY_PREFIX =
      ConfigOption.of(
          "key-prefix", String.class, "async-tools:", "what the keys in Redis begin with");
  static final ConfigOption<OnFailure> ON_FAILURE =
      ConfigOption.of(
          "on-failure",
          OnFailure.class,
          OnFailure.LOCAL,
          "while Redis does not answer: open admits, closed refuses, local limits to local-share");
  static final ConfigOption<Double> LOCAL_SHARE =
      ConfigOption.of(
          "local-share",
          Double.class,
          1.0,
          "with on-failure local: this JVM's share of the limit, above 0 and at most 1");
  static final ConfigOption<Duration> COMMAND_TIMEOUT =
      ConfigOption.of(
          "command-timeout",
          Duration.class,
          Duration.ofMillis(250),
          "how long an answer of Redis is waited for");
  static final ConfigOption<Boolean> CLUSTER =
      ConfigOption.of(
          "cluster", Boolean.class, false, "whether redis.uri names nodes of a Redis Cluster");

  static final ConfigOption<String> TRUST_STORE =
      ConfigOption.of(
          "redis.trust-store",
          String.class,
          null,
          "file of the certificates that are trusted, PEM, PKCS #12 or JKS; the JVM's by default");
  static final ConfigOption<String> TRUST_STORE_PASSWORD =
      ConfigOption.of(
              "redis.trust-store-password", String.class, null, "the password of redis.trust-store")
          .sensitive();
  static final ConfigOption<String> KEY_STORE =
      ConfigOption.of(
          "redis.key-store",
          String.class,
          null,
          "file of this client's certificate and key, PEM, PKCS #12 or JKS; none by default");
  static final ConfigOption<String> KEY_STORE_PASSWORD =
      ConfigOption.of(
              "redis.key-store-password", String.class, null, "the password of redis.key-store")
          .sensitive();
  static final ConfigOption<String> PRIVATE_KEY =
      ConfigOption.of(
          "redis.private-key",
          String.class,
          null,
          "PEM file of the private key, if redis.key-store has none");

  /** For {@link java.util.ServiceLoader}. */
  public RedisProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<? super RedisTokenBucket> type() {
    return KeyedRateLimiter.class;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(
        URI,
        RATE,
        CAPACITY,
        KEY_PREFIX,
        ON_FAILURE,
        LOCAL_SHARE,
        COMMAND_TIMEOUT,
        LimiterSettings.MAX_WAIT,
        LimiterSettings.MAX_WAITERS,
        CLUSTER,
        TRUST_STORE,
        TRUST_STORE_PASSWORD,
        KEY_STORE,
        KEY_STORE_PASSWORD,
        PRIVATE_KEY);
  }

  @Override
  public RedisTokenBucket create(LimiterConfig config) {
    RedisTokenBucket.Builder builder =
        RedisTokenBucket.builder(config.get(RATE))
            .uri(config.get(URI))
            .cluster(config.get(CLUSTER))
            .keyPrefix(config.get(KEY_PREFIX))
            .onFailure(config.get(ON_FAILURE))
            .commandTimeout(config.get(COMMAND_TIMEOUT))
            .tls(tls(config))
            .settings(LimiterSettings.of(config, NAME));
    if (config.isGiven(LOCAL_SHARE)) {
      builder.localShare(config.get(LOCAL_SHARE));
    }
    Long capacity = config.get(CAPACITY);
    return (capacity == null ? builder : builder.capacity(capacity)).build();
  }

  private static TlsFiles tls(LimiterConfig config) {
    return new TlsFiles(
        TlsFiles.path(TRUST_STORE.name(), config.get(TRUST_STORE)),
        config.get(TRUST_STORE_PASSWORD),
        TlsFiles.path(KEY_STORE.name(), config.get(KEY_STORE)),
        config.get(KEY_STORE_PASSWORD),
        TlsFiles.path(PRIVATE_KEY.name(), config.get(PRIVATE_KEY)));
  }
}
