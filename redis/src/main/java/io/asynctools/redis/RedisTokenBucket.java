package io.asynctools.redis;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.MessageText;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for each key, shared by any number of JVMs through Redis or Valkey, 6.2 or later,
 * alone, replicated or a Cluster. Thread-safe; no thread waits.
 *
 * <p><b>What it promises.</b> In every window of length t all JVMs together are granted at most
 * {@code capacity + rate · (t + 1 µs)} permits of a key, exactly, by the clock of the Redis server:
 * those of the clients do not matter. A decision is one script on one key, which expires when the
 * bucket is full. All who share a limit give the same rate, capacity and prefix. While they do not,
 * the highest rate and the largest capacity decide, until none who gives them has asked for two
 * seconds. A script may decide for several keys, so not through a proxy that spreads keys over
 * servers of its own.
 *
 * <p><b>Waiting.</b> Each JVM has a line for each key: first come, first served within it. While a
 * question is out, whoever comes is asked for with the next, all at once. {@code acquire(n,
 * Duration.ZERO)} is the try. {@code tryAcquire} never asks Redis: it gives empty as a rule while
 * Redis answers, even if the bucket is full, and decides by the failure mode during an outage. One
 * who cancels gives back what would not have run over meanwhile; where the answer gets lost, what
 * was asked for is burned, and never granted twice. A {@code maxWait} counts from the call; a line
 * of which it is known that it is longer refuses at once.
 *
 * <p><b>Without Redis.</b> A question that is not answered within {@link Builder#commandTimeout},
 * or by an error of the server's that may pass (it is loading, a replica, out of memory), is
 * decided by {@link Builder#onFailure}. After a few of those nobody waits for Redis any more; now
 * and then one question finds out whether it is back. With {@link OnFailure#LOCAL}, the default, a
 * bucket of this JVM's share, empty at first, admits meanwhile, and what it granted is charged to
 * the shared one afterwards: if the shares of all JVMs add up to 1, the bound above holds through
 * an outage. What Redis itself forgets (a flush, a restart without persistence, a replica that is
 * promoted before it had the last writes) is granted once more, up to the capacity each time.
 *
 * <p><b>Mistakes</b> are told to every caller, as {@link LimiterConfigException}, in every mode: a
 * password that is refused, a host that nobody knows, a server without scripts, a key that holds
 * something else.
 *
 * <p><b>Source.</b> The generic cell rate algorithm (ITU-T I.371, annex A), kept as a debt in exact
 * integers.
 */
public final class RedisTokenBucket implements KeyedRateLimiter<String> {

  private static final Duration MAX_IDLE = Duration.ofSeconds(10);

  private final Shared shared;
  private final PerKeyRateLimiter<String, KeyLimiter> keys;
  private final Startup startup;

  RedisTokenBucket(Shared shared) {
    this.shared = shared;
    this.startup =
        new Startup(
            shared.scripts,
            shared.settings,
            Health.pause(shared.config.commandTimeout()).toNanos());
    this.keys =
        PerKeyRateLimiter.builder()
            .name(shared.settings.name())
            .timeSource(shared.settings.timeSource())
            .executor(shared.settings.executor())
            .maxIdle(MAX_IDLE)
            .cleanupInterval(MAX_IDLE)
            .build(key -> new KeyLimiter(shared, key));
  }

  /**
   * Starts building a bucket for each key.
   *
   * @param rate how fast tokens come in, for all JVMs together, at most one a nanosecond
   * @return a builder with the defaults
   */
  public static Builder builder(Rate rate) {
    return new Builder(rate);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The view is small, and any number of them may be made or kept.
   */
  @Override
  public AsyncRateLimiter forKey(String key) {
    return keys.forKey(key);
  }

  /**
   * The limiter of a key of bytes. Keys are equal by content; one that is UTF-8 is the same key as
   * its text.
   *
   * @param key the key, which may be changed afterwards
   * @return the view
   */
  public AsyncRateLimiter forKey(byte[] key) {
    return forKey(KeyText.of(key));
  }

  /**
   * Changes rate and capacity of all keys in this JVM. The tokens that a bucket holds are kept, cut
   * to the new capacity. Waiters keep their place, and Redis is asked for them at once; one that
   * asks for more than the new capacity fails with {@link IllegalArgumentException}.
   *
   * <p>Other JVMs have to be changed, too. Until all of them give the same limit, the highest rate
   * and the largest capacity decide; see the class comment.
   *
   * @param newRate how fast tokens come in from now on, for all JVMs together
   * @param newCapacity how many tokens the bucket of a key keeps from now on
   * @throws IllegalArgumentException if the builder would refuse the two; nothing is changed
   * @throws IllegalStateException if the limits come from {@link Builder#rateFor}
   */
  public void reconfigure(Rate newRate, long newCapacity) {
    shared.plans.change(newRate, newCapacity);
  }

  /**
   * Returns the tokens in the bucket of a key, without taking any.
   *
   * @param key the key
   * @return completes with whole tokens, from 0 to the capacity: 0 while permits are booked; fails
   *     with {@link RateLimitExceededException} for the reason {@code UNAVAILABLE} if Redis does
   *     not answer, or {@link LimiterConfigException} if it cannot decide for the key
   */
  public CompletableFuture<Long> availableTokens(String key) {
    return ask(key, Plan.PEEK);
  }

  /**
   * Fills the bucket of a key again, for all JVMs: its key leaves Redis within milliseconds.
   * Waiters find out within a second.
   *
   * @param key the key
   * @return completes when that is done; fails as {@link #availableTokens} does
   */
  public CompletableFuture<Void> reset(String key) {
    return ask(key, Plan.RESET).thenApply(none -> null);
  }

  private CompletableFuture<Long> ask(String key, Numbers what) {
    requireNonNull(key, "key");
    try {
      KeyCommand command = new KeyCommand(shared, key, what);
      shared.send(command);
      return command.answer;
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Fails whoever waits, lets go of Redis, and ends the client's threads if it was made from a URI.
   * Does not wait for any of it, nor for an answer of Redis. What this JVM's calls have taken stays
   * taken. Closing again does nothing.
   */
  @Override
  public void close() {
    CompletableFuture<?> unused = closeAsync();
  }

  /**
   * Closes as {@link #close} does, and says when it is done. A connection that other limiters use
   * stays open for them.
   *
   * @return completes when the connection is closed and the client's threads have ended; never
   *     fails. Completing or cancelling it changes nothing
   */
  public CompletableFuture<@Nullable Void> closeAsync() {
    keys.close();
    startup.close();
    return shared.close().<@Nullable Void>handle((done, error) -> null);
  }

  /**
   * Waits, without a thread, for the first connection: a service that is to be ready when its
   * limits are awaits this before it takes calls. While Redis is down it is tried again and again.
   * On a Cluster, the masters are known then, and those that can be reached are connected.
   *
   * @return completes when Redis is connected and has accepted user and password; at once for a
   *     connection of the user's own. Fails with {@link LimiterConfigException} if trying again
   *     makes no sense, and with {@link LimiterClosedException} if this limiter is closed before.
   *     Completing or cancelling it changes nothing but itself
   */
  public CompletableFuture<@Nullable Void> ready() {
    return startup.ready();
  }

  /**
   * Returns name, mode and limit in one line. The mode is {@code SHARED} while Redis decides,
   * {@code MISCONFIGURED} while every caller fails, else the failure mode that decides.
   *
   * @return never the URI, and no credentials
   */
  @Override
  public String toString() {
    ExactRate limit = shared.plans.current().rate;
    return "RedisTokenBucket[name="
        + MessageText.escape(shared.settings.name(), 64)
        + ", mode="
        + (startup.isClosed() ? "CLOSED" : shared.mode())
        + (shared.plans.areByKey()
            ? ", limit=by key"
            : ", rate=" + limit.rate + ", capacity=" + limit.capacity)
        + ", keys="
        + keys.size()
        + "]";
  }

  /**
   * The limit of a key.
   *
   * @param rate how fast tokens come in, for all JVMs together
   * @param capacity how many tokens the bucket keeps: the largest burst, at least 1
   */
  public record Limit(Rate rate, long capacity) {
    /**
     * Checks the limit.
     *
     * @param rate how fast tokens come in, for all JVMs together
     * @param capacity how many tokens the bucket keeps: the largest burst, at least 1
     * @throws IllegalArgumentException if the capacity is below 1
     */
    public Limit {
      requireNonNull(rate, "rate");
      if (capacity < 1) {
        throw new IllegalArgumentException("capacity must be at least 1, was " + capacity);
      }
    }
  }

  /** Builds a bucket for each key. Not thread-safe. */
  public static final class Builder {
    private final Rate rate;
    private @Nullable Long capacity;
    private String keyPrefix = requireNonNull(RedisProvider.KEY_PREFIX.defaultValue());
    private OnFailure onFailure = requireNonNull(RedisProvider.ON_FAILURE.defaultValue());
    private @Nullable Double localShare;
    private Duration commandTimeout = requireNonNull(RedisProvider.COMMAND_TIMEOUT.defaultValue());
    private boolean cluster = requireNonNull(RedisProvider.CLUSTER.defaultValue());
    private @Nullable String uri;
    private TlsFiles tls = TlsFiles.NONE;
    private @Nullable RedisCredentialsProvider credentials;
    private @Nullable StatefulConnection<String, String> connection;
    private @Nullable Function<? super String, Limit> rateFor;
    private LimiterSettings settings =
        LimiterSettings.of(LimiterEnvironment.system(), RedisProvider.NAME);
    private UnaryOperator<LimiterSettings> changes = UnaryOperator.identity();

    private Builder(Rate rate) {
      this.rate = requireNonNull(rate, "rate");
    }

    /**
     * Where Redis is. The connection is made in the background, and closed with the bucket.
     *
     * @param redisUri {@code redis://host:6379}, {@code rediss://} for TLS, or any other that
     *     Lettuce reads; with {@link #cluster} it may name several nodes, separated by commas
     * @return this
     */
    public Builder uri(String redisUri) {
      this.uri = requireNonNull(redisUri, "redisUri");
      return this;
    }

    /**
     * Whether the URI names a node of a Redis Cluster, or several.
     *
     * @param cluster false by default
     * @return this
     */
    public Builder cluster(boolean cluster) {
      this.cluster = cluster;
      return this;
    }

    /**
     * Sets who gives user and password, asked anew for each connection: for passwords that change.
     * A password that is refused once it has worked is an outage, and asked for again.
     *
     * @param provider must not block; in place of a user and password in the URI
     * @return this
     */
    public Builder credentials(RedisCredentialsProvider provider) {
      this.credentials = requireNonNull(provider, "provider");
      return this;
    }

    /**
     * Sets the certificates that are trusted in place of the JVM's, for {@code rediss://}.
     *
     * @param file PEM, PKCS #12 or JKS
     * @param password of a key store; null for none, and for PEM
     * @return this
     */
    public Builder trustStore(Path file, @Nullable String password) {
      requireNonNull(file, "file");
      this.tls = tls.withTrustStore(file, password);
      return this;
    }

    /**
     * Sets this client's certificate chain and private key, for servers that ask for one.
     *
     * @param file PKCS #12 or JKS; or PEM, with the key in it or in {@link #privateKey}
     * @param password of a key store; null for none, and for PEM
     * @return this
     */
    public Builder keyStore(Path file, @Nullable String password) {
      requireNonNull(file, "file");
      this.tls = tls.withKeyStore(file, password);
      return this;
    }

    /**
     * Sets the private key of the certificate in {@link #keyStore}, if that is PEM and has none.
     *
     * @param file PEM, PKCS #8, without a password
     * @return this
     */
    public Builder privateKey(Path file) {
      this.tls = tls.withPrivateKey(requireNonNull(file, "file"));
      return this;
    }

    Builder tls(TlsFiles files) {
      this.tls = files;
      return this;
    }

    /**
     * The user's own connection, in place of a URI. It is never closed by the bucket, and may be
     * used for other things meanwhile; not in a transaction, nor with automatic flushing off.
     *
     * @param connection an open connection
     * @return this
     */
    public Builder connection(StatefulRedisConnection<String, String> connection) {
      this.connection = requireNonNull(connection, "connection");
      return this;
    }

    /**
     * The user's own connection to a Redis Cluster, in place of a URI. It is never closed by the
     * bucket, and may be used for other things meanwhile.
     *
     * @param connection an open connection
     * @return this
     */
    public Builder connection(StatefulRedisClusterConnection<String, String> connection) {
      this.connection = requireNonNull(connection, "connection");
      return this;
    }

    /**
     * How many tokens the bucket of a key keeps: the largest burst, and the most that one call may
     * cost.
     *
     * @param tokens at least 1; by default a second's worth, at least 1
     * @return this
     */
    public Builder capacity(long tokens) {
      this.capacity = tokens;
      return this;
    }

    /**
     * Gives each key its own limit, in place of this builder's rate and capacity: by plan, by
     * tenant. The function is asked when a key is first used in this JVM, and again at most once a
     * second while Redis is asked for that key; a change counts from then on, as after {@link
     * RedisTokenBucket#reconfigure}. It runs on the thread that asks, so it must be quick and must
     * not block. If it throws for a new key, the caller gets what it throws; if it throws later,
     * the key keeps its limit, and a warning is logged.
     *
     * @param limits the limit of a key
     * @return this
     */
    public Builder rateFor(Function<? super String, Limit> limits) {
      this.rateFor = requireNonNull(limits, "limits");
      return this;
    }

    /**
     * What the keys in Redis begin with. JVMs that share a limit have the same prefix, rate and
     * capacity; limits that have nothing to do with each other have different prefixes.
     *
     * @param prefix may be empty; {@code async-tools:} by default
     * @return this
     */
    public Builder keyPrefix(String prefix) {
      this.keyPrefix = requireNonNull(prefix, "prefix");
      return this;
    }

    /**
     * What is done with those who ask while Redis does not answer.
     *
     * @param mode {@link OnFailure#LOCAL} by default
     * @return this
     */
    public Builder onFailure(OnFailure mode) {
      this.onFailure = requireNonNull(mode, "mode");
      return this;
    }

    /**
     * With {@link OnFailure#LOCAL}: this JVM's share of rate and capacity while Redis does not
     * answer. Where the shares of all JVMs add up to 1, the limit holds all the while.
     *
     * @param share above 0 and at most 1, the default
     * @return this
     */
    public Builder localShare(double share) {
      this.localShare = share;
      return this;
    }

    /**
     * How long an answer of Redis is waited for before the failure mode decides.
     *
     * @param timeout positive; 250 ms by default
     * @return this
     */
    public Builder commandTimeout(Duration timeout) {
      this.commandTimeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * The longest wait for a permit; {@code acquire} refuses at once where it is known to be
     * longer.
     *
     * @param maxWait zero or more; unbounded by default
     * @return this
     */
    public Builder maxWait(Duration maxWait) {
      requireNonNull(maxWait, "maxWait");
      return change(it -> it.withMaxWait(maxWait));
    }

    /**
     * How many may wait at once in this JVM for one key, those who wait for an answer included.
     *
     * @param maxWaiters zero or more; 2²⁰ by default
     * @return this
     */
    public Builder maxWaiters(int maxWaiters) {
      return change(it -> it.withMaxWaiters(maxWaiters));
    }

    /**
     * The name in errors and metrics.
     *
     * @param name not blank; {@code redis-token-bucket} by default
     * @return this
     */
    public Builder name(String name) {
      requireNonNull(name, "name");
      return change(it -> it.withName(name));
    }

    /**
     * The clock and timer of this JVM: for waiting, time-outs, and the local bucket. The shared one
     * goes by the clock of Redis.
     *
     * @param timeSource the system's by default
     * @return this
     */
    public Builder timeSource(TimeSource timeSource) {
      requireNonNull(timeSource, "timeSource");
      return change(it -> it.withTimeSource(timeSource));
    }

    /**
     * Where waiters' futures complete, and calls start that had to wait.
     *
     * @param executor the library's own small pool by default
     * @return this
     */
    public Builder executor(Executor executor) {
      requireNonNull(executor, "executor");
      return change(it -> it.withExecutor(executor));
    }

    /**
     * Makes the bucket. Does not wait for Redis: the connection is made in the background.
     *
     * @return a new bucket for each key
     * @throws IllegalArgumentException if an option is out of range, there is neither a URI nor a
     *     connection, or both; the message names the option and the value
     * @throws LimiterConfigException if the URI names no server
     */
    public RedisTokenBucket build() {
      return build(this::scripts);
    }

    /** Checks everything, and only then makes what would have to be closed again. */
    RedisTokenBucket build(Function<LimiterSettings, Scripts> transport) {
      LimiterSettings checked = changes.apply(settings);
      if (localShare != null && onFailure != OnFailure.LOCAL) {
        throw new IllegalArgumentException(
            "localShare has no effect beside onFailure="
                + onFailure
                + ", which has no local bucket; leave it out, or choose LOCAL");
      }
      double localOrAll =
          localShare == null
              ? requireNonNull(RedisProvider.LOCAL_SHARE.defaultValue())
              : localShare;
      RedisConfig config = new RedisConfig(keyPrefix, onFailure, localOrAll, commandTimeout);
      long kept = capacity == null ? ExactRate.defaultCapacity(rate) : capacity;
      double share = onFailure == OnFailure.LOCAL ? localOrAll : 1;
      Plans plans = new Plans(checked.name(), Plan.of(rate, kept, share), share, rateFor);
      Scripts scripts = transport.apply(checked);
      Timeouts timeouts =
          new Timeouts(checked.timeSource(), commandTimeout.toNanos(), scripts::startingNanos);
      return new RedisTokenBucket(new Shared(config, checked, plans, scripts, timeouts));
    }

    private Scripts scripts(LimiterSettings checked) {
      if (connection != null) {
        if (uri != null) {
          throw new IllegalArgumentException("both uri and connection are given; give one");
        }
        checkNoEffect(cluster, "cluster(true)");
        checkNoEffect(credentials != null, "credentials(…)");
        checkNoEffect(!tls.isEmpty(), "trustStore(…), keyStore(…) or privateKey(…)");
        return new UserLink(connection);
      }
      if (uri == null) {
        throw new IllegalArgumentException("neither uri nor connection is given; give one");
      }
      Scripts link =
          SharedLink.of(
              new Client.Settings(
                  uri, cluster, tls, credentials, commandTimeout, checked.timeSource()),
              Client::link);
      CompletableFuture<?> unused = link.attempt();
      return link;
    }

    private static void checkNoEffect(boolean given, String what) {
      if (given) {
        throw new IllegalArgumentException(
            what + " has no effect beside connection(…), which is connected already; leave it out");
      }
    }

    private Builder change(UnaryOperator<LimiterSettings> change) {
      UnaryOperator<LimiterSettings> before = changes;
      changes = it -> change.apply(before.apply(it));
      return this;
    }

    Builder settings(LimiterSettings settings) {
      this.settings = settings;
      return this;
    }
  }
}
