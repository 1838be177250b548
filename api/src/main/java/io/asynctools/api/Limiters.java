package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.Supplier;

/**
 * Look-up by name among the strategies present at run time: on the class path and on the module
 * path, with the loader of this class and then the thread's context class loader. Thread-safe;
 * nothing is remembered from one look-up to the next, so make a limiter once and keep it.
 *
 * <p>Every strategy has the option {@code enabled}, true by default. If it is {@code false}, the
 * other options are checked, and what is made grants everything at once: a limiter, a limiter of
 * many keys, or a policy that runs each call as it is. It is not of the strategy's own class.
 */
public final class Limiters {
  private Limiters() {}

  /**
   * The names that can be looked up now.
   *
   * @return the names of all strategies that could be loaded, sorted
   */
  public static SortedSet<String> names() {
    return Providers.discover().names();
  }

  /**
   * Makes a limiter, in the {@link LimiterEnvironment#system system} environment.
   *
   * @param name the strategy's name, for example {@code token-bucket}
   * @param options the strategy's options, as text
   * @return a new limiter
   * @throws LimiterConfigException if there is no such strategy or option, a value is wrong, or the
   *     strategy makes something else
   */
  public static AsyncRateLimiter rateLimiter(String name, Map<String, String> options) {
    return rateLimiter(name, options, LimiterEnvironment.system());
  }

  /**
   * Makes a limiter.
   *
   * @param name the strategy's name, for example {@code token-bucket}
   * @param options the strategy's options, as text
   * @param environment what text cannot carry
   * @return a new limiter
   * @throws LimiterConfigException if there is no such strategy or option, a value is wrong, or the
   *     strategy makes something else
   */
  public static AsyncRateLimiter rateLimiter(
      String name, Map<String, String> options, LimiterEnvironment environment) {
    return make(name, options, environment, AsyncRateLimiter.class);
  }

  /**
   * Makes a limiter of many keys, in the {@link LimiterEnvironment#system system} environment.
   *
   * @param name the strategy's name, for example {@code per-key}
   * @param options the strategy's options, as text
   * @return a new limiter
   * @throws LimiterConfigException if there is no such strategy or option, a value is wrong, or the
   *     strategy makes something else
   */
  public static KeyedRateLimiter<String> keyed(String name, Map<String, String> options) {
    return keyed(name, options, LimiterEnvironment.system());
  }

  /**
   * Makes a limiter of many keys.
   *
   * @param name the strategy's name, for example {@code per-key}
   * @param options the strategy's options, as text
   * @param environment what text cannot carry
   * @return a new limiter
   * @throws LimiterConfigException if there is no such strategy or option, a value is wrong, or the
   *     strategy makes something else
   */
  @SuppressWarnings("unchecked") // the keys of a limiter made from text are text
  public static KeyedRateLimiter<String> keyed(
      String name, Map<String, String> options, LimiterEnvironment environment) {
    return make(name, options, environment, KeyedRateLimiter.class);
  }

  /**
   * Makes any policy, in the {@link LimiterEnvironment#system system} environment.
   *
   * @param name the strategy's name, for example {@code retry}
   * @param options the strategy's options, as text
   * @return a new policy
   * @throws LimiterConfigException if there is no such strategy or option, a value is wrong, or the
   *     strategy makes something else
   */
  public static AsyncPolicy policy(String name, Map<String, String> options) {
    return policy(name, options, LimiterEnvironment.system());
  }

  /**
   * Makes any policy.
   *
   * @param name the strategy's name, for example {@code retry}
   * @param options the strategy's options, as text
   * @param environment what text cannot carry
   * @return a new policy
   * @throws LimiterConfigException if there is no such strategy or option, a value is wrong, or the
   *     strategy makes something else
   */
  public static AsyncPolicy policy(
      String name, Map<String, String> options, LimiterEnvironment environment) {
    return make(name, options, environment, AsyncPolicy.class);
  }

  /**
   * Makes all the limits of an application, in the {@link LimiterEnvironment#system system}
   * environment.
   *
   * @param properties {@code <limit>.type}, the strategy's name, and {@code <limit>.<option>} for
   *     each limit; the limit's name has no dot
   * @return the limits by name
   * @throws LimiterConfigException if one of them cannot be made; none is then left open
   */
  public static LimiterSet load(Map<String, String> properties) {
    return load(properties, LimiterEnvironment.system());
  }

  /**
   * Makes all the limits of an application.
   *
   * @param properties {@code <limit>.type}, the strategy's name, and {@code <limit>.<option>} for
   *     each limit; the limit's name has no dot
   * @param environment what text cannot carry; each limit goes by its own name
   * @return the limits by name
   * @throws LimiterConfigException if one of them cannot be made; none is then left open
   */
  public static LimiterSet load(Map<String, String> properties, LimiterEnvironment environment) {
    return LimiterSet.load(properties, "", environment);
  }

  /**
   * Makes all the limits of an application from properties among which there are others. Errors
   * name the full property.
   *
   * @param properties {@code <prefix>.<limit>.type}, the strategy's name, and {@code
   *     <prefix>.<limit>.<option>} for each limit; the limit's name has no dot. Others are ignored
   * @param prefix what the names of the limits' properties begin with, for example {@code
   *     async-tools.limits}, with or without a dot at its end; empty if all properties are limits'
   * @param environment what text cannot carry; each limit goes by its own name
   * @return the limits by name
   * @throws LimiterConfigException if one of them cannot be made; none is then left open
   */
  public static LimiterSet load(
      Map<String, String> properties, String prefix, LimiterEnvironment environment) {
    return LimiterSet.load(properties, prefix, environment);
  }

  /**
   * Prepares the limiters of a strategy that makes others: one for each key, say. For authors of
   * such strategies: the option {@code limiter} names the limiter, the group {@code limiter.*}
   * configures it, in the same environment. All is checked now, as for a limiter that is looked up,
   * and one is made for that and closed again.
   *
   * @param config what was configured for the strategy
   * @param which the option that names the other limiter, and its options' group
   * @return makes a new limiter each time
   * @throws LimiterConfigException if there is no such limiter or option, or a value is wrong; the
   *     message gives the full path of the option
   */
  public static Supplier<AsyncRateLimiter> nested(
      LimiterConfig config, ConfigOption<String> which) {
    return LimiterFactory.nested(Providers.discover(), config, which, AsyncRateLimiter.class);
  }

  private static <P> P make(
      String name, Map<String, String> options, LimiterEnvironment environment, Class<P> kind) {
    requireNonNull(name, "name");
    requireNonNull(options, "options");
    requireNonNull(environment, "environment");
    LimiterConfig config = LimiterConfig.of(environment.name().orElse(name), options, environment);
    return LimiterFactory.make(Providers.discover(), name, config, kind);
  }
}
