package io.asynctools.api.spi;

import java.util.List;
import java.util.function.Supplier;

/**
 * How a strategy is found: each strategy's artifact registers one of these with {@link
 * java.util.ServiceLoader}, in {@code META-INF/services} and by {@code provides} in its
 * module-info. It needs a public constructor without arguments that does nothing costly, since
 * every look-up makes one.
 *
 * @param <T> what it makes
 */
public interface LimiterProvider<T> {

  /**
   * The strategy's name in configurations.
   *
   * @return lower-case words joined by hyphens, unique: {@code token-bucket}
   */
  String name();

  /**
   * What users may take the product for.
   *
   * @return {@link io.asynctools.api.AsyncRateLimiter}, {@link io.asynctools.api.KeyedRateLimiter}
   *     or {@link io.asynctools.api.AsyncPolicy}
   */
  Class<? super T> type();

  /**
   * The options that a configuration may give. A name that ends in {@code .*} stands for a group
   * read with {@link LimiterConfig#nested}.
   *
   * @return the options, in the order in which documentation lists them
   */
  List<ConfigOption<?>> options();

  /**
   * Makes a limiter.
   *
   * @param config what was configured; unknown options have been refused already
   * @return a new limiter
   * @throws IllegalArgumentException if a value is missing, malformed or out of range
   */
  T create(LimiterConfig config);

  /**
   * Reads a configuration once, to make many limiters from it: one for each key, say.
   *
   * @param config what was configured
   * @return makes a new limiter each time
   * @throws IllegalArgumentException if a value is missing, malformed or out of range
   */
  default Supplier<T> prepare(LimiterConfig config) {
    return () -> create(config);
  }
}
