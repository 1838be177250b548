package io.asynctools.perkey;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A limiter for each key: a rate for each tenant, a semaphore for each host, a breaker for each
 * service. A key's limiter is made on first use, once, and forgotten when nobody can tell.
 * Thread-safe; keys are independent.
 *
 * <p><b>What it promises.</b> Forgetting a key admits nothing that keeping it would have refused: a
 * limiter is forgotten only while it is {@linkplain AsyncRateLimiter#isIdle idle} (a bucket that
 * has refilled, a semaphore with no permit out, a breaker with nothing to remember), which it is
 * asked with nobody using it. Whoever comes meanwhile gets a fresh one, or keeps it from being
 * forgotten. Idle keys are gone within {@code maxIdle + cleanupInterval} of their last use, or of
 * becoming idle if that is later, and the time that a walk over all keys takes; {@code
 * keepIdleKeys} keeps them. A limiter that was changed at run time, say by {@code reconfigure}, is
 * not idle: {@link #remove} drops it. With {@code maxKeys}, there are never more: a new key then
 * takes the place of an idle one, and is refused with {@link RateLimitExceededException} if there
 * is none within reach, which is 128 keys at a time or more.
 *
 * <p><b>The factory</b> runs on the thread that first uses a key, under no lock, and may use other
 * keys; others who want the same key meanwhile wait for it, for as long as it takes (two factories
 * on two threads that want each other's key wait for ever). What it throws reaches that caller,
 * nothing is kept, and the next use tries again.
 *
 * <p><b>Rejections</b> name the key: {@link io.asynctools.api.RejectedException#key}. A rejection
 * for {@code TOO_MANY_KEYS} has no {@code retryAfter}, since any key may become idle at any time.
 *
 * <p><b>Housekeeping</b> is one timer while there are keys, unless idle keys are kept, and runs on
 * the executor in stretches of a thousand keys, a millisecond apart. {@code close} ends it and
 * closes every key's limiter; later uses fail with {@link LimiterClosedException}, and {@code
 * tryAcquire} gives empty.
 *
 * @param <K> the key; needs {@code equals} and {@code hashCode}
 * @param <L> the limiter of one key
 */
public final class PerKeyRateLimiter<K, L extends AsyncRateLimiter> implements KeyedRateLimiter<K> {
  private final Keys<K, L> keys;
  private final @Nullable Duration maxIdle;

  PerKeyRateLimiter(
      PerKeyConfig config,
      LimiterEnvironment environment,
      Function<? super K, ? extends L> factory) {
    String name = environment.name().orElse(PerKeyProvider.NAME);
    this.keys = new Keys<>(config, name, environment, requireNonNull(factory, "factory"));
    this.maxIdle = config.maxIdle();
  }

  /**
   * Starts building a limiter of many keys.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The view is small, and any number of them may be made or kept. It goes by this limiter's
   * name. It makes a limiter with the first use, not before.
   */
  @Override
  public AsyncRateLimiter forKey(K key) {
    return new KeyView<>(keys, requireNonNull(key, "key"));
  }

  /**
   * Does something with a key's own limiter, which is not forgotten meanwhile: reads a breaker's
   * state, changes a tenant's rate. The limiter is made if there is none.
   *
   * @param <R> what it gives
   * @param key the key
   * @param action what to do; it must not keep the limiter, which may be forgotten afterwards
   * @return what the action gave
   * @throws LimiterClosedException if this is closed
   * @throws RateLimitExceededException if the key is new and there may be no more
   */
  public <R extends @Nullable Object> R with(K key, Function<? super L, ? extends R> action) {
    requireNonNull(action, "action");
    Entry<K, L> entry = keys.pinned(requireNonNull(key, "key"));
    try {
      return action.apply(entry.limiter());
    } finally {
      entry.unpin();
    }
  }

  /**
   * How many keys are kept now.
   *
   * @return the number of keys, 0 or more; one whose limiter is being made counts; 0 once closed
   */
  public long size() {
    return keys.size();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The old limiter is closed before a new one is made, so that the two never grant at the same
   * time. A use of the key that comes meanwhile waits for the close. A use in progress is served by
   * the old limiter, or by the new one if it finds the old one closed; a blocking one fails with
   * {@link LimiterClosedException} then, as a waiter does. If the factory is making the limiter of
   * the key, {@code remove} waits for it, and removes that limiter.
   *
   * @throws IllegalStateException if the factory removes the key whose limiter it is making
   */
  @Override
  public void remove(K key) {
    keys.remove(requireNonNull(key, "key"));
  }

  @Override
  public void close() {
    keys.close();
  }

  /**
   * Returns the name, the number of keys and the bounds in one line, for logs.
   *
   * @return one line; its form may change
   */
  @Override
  public String toString() {
    long maxKeys = keys.maxKeys();
    return "PerKeyRateLimiter[name="
        + keys.name()
        + ", keys="
        + keys.size()
        + ", maxKeys="
        + (maxKeys == Long.MAX_VALUE ? "unbounded" : maxKeys)
        + ", maxIdle="
        + (maxIdle == null ? "unbounded" : maxIdle)
        + ", closed="
        + keys.isClosed()
        + "]";
  }

  /** Builds a limiter of many keys. Not thread-safe. */
  public static final class Builder {
    private @Nullable Duration maxIdle;
    private @Nullable Duration cleanupInterval;
    private boolean keepIdleKeys;
    private @Nullable Long maxKeys;
    private LimiterEnvironment environment = LimiterEnvironment.system();

    private Builder() {}

    /**
     * Sets how long an idle key is kept, at least, after its last use began.
     *
     * @param maxIdle positive; 10 minutes by default
     * @return this
     */
    public Builder maxIdle(Duration maxIdle) {
      this.maxIdle = requireNonNull(maxIdle, "maxIdle");
      return this;
    }

    /**
     * Sets how often the evictor looks for idle keys.
     *
     * @param interval positive; a minute by default
     * @return this
     */
    public Builder cleanupInterval(Duration interval) {
      this.cleanupInterval = requireNonNull(interval, "interval");
      return this;
    }

    /**
     * Keeps idle keys until they are {@linkplain KeyedRateLimiter#remove removed}, or make room for
     * others under {@link #maxKeys}. Memory then grows with every key that was ever used, unless
     * that is set. Not beside {@link #maxIdle} or {@link #cleanupInterval}.
     *
     * @return this
     */
    public Builder keepIdleKeys() {
      this.keepIdleKeys = true;
      return this;
    }

    /**
     * How many keys there may be at once.
     *
     * @param keys at least 1; unbounded by default
     * @return this
     */
    public Builder maxKeys(long keys) {
      this.maxKeys = keys;
      return this;
    }

    /**
     * The name in errors and metrics.
     *
     * @param name not blank; {@code per-key} by default
     * @return this
     * @throws IllegalArgumentException if blank
     */
    public Builder name(String name) {
      environment = environment.withName(name);
      return this;
    }

    /**
     * The clock and timer of the housekeeping; the limiters have their own.
     *
     * @param timeSource the system's by default
     * @return this
     */
    public Builder timeSource(TimeSource timeSource) {
      environment = environment.withTimeSource(timeSource);
      return this;
    }

    /**
     * Where the housekeeping runs.
     *
     * @param executor the library's own small pool by default
     * @return this
     */
    public Builder executor(Executor executor) {
      environment = environment.withExecutor(executor);
      return this;
    }

    /**
     * Makes the limiter, without a key.
     *
     * @param <K> the key
     * @param <L> the limiter of one key
     * @param factory makes the limiter of a key
     * @return a new limiter of many keys
     * @throws IllegalArgumentException if an option is out of range, or has no effect beside
     *     another; the message names the option and the value
     */
    public <K, L extends AsyncRateLimiter> PerKeyRateLimiter<K, L> build(
        Function<? super K, ? extends L> factory) {
      return new PerKeyRateLimiter<>(
          PerKeyConfig.of(maxIdle, cleanupInterval, keepIdleKeys, maxKeys), environment, factory);
    }
  }
}
