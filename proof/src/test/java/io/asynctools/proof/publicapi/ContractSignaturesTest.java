package io.asynctools.proof.publicapi;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.LimiterSet;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreakerOpenException;
import io.asynctools.circuitbreaker.StateListener;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.retry.DelayFunction;
import io.asynctools.retry.Jitter;
import io.asynctools.retry.Retry;
import io.asynctools.retry.RetryBudget;
import io.asynctools.retry.RetryListener;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.AsyncRateLimiterContract;
import io.asynctools.testkit.ManualTime;
import io.asynctools.testkit.WaitingLimiterContract;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The names and signatures that are fixed for good, because code elsewhere is written against them.
 * Most of this need not run: it is a user's code, and that it compiles is the test. A signature
 * here is never changed; if one proves wrong, a better one is put beside it.
 */
@Tag("unit")
@NullMarked
class ContractSignaturesTest {

  // ---- io.asynctools.api, as callers use it

  /** A caller of policies. */
  static final class PolicyUser {
    private final AsyncPolicy policy;

    PolicyUser(AsyncPolicy policy) {
      this.policy = policy;
    }

    String name() {
      return policy.name();
    }

    <T extends @Nullable Object> CompletableFuture<T> execute(
        Supplier<? extends CompletionStage<T>> call) {
      return policy.execute(call);
    }

    <T extends @Nullable Object, X extends Exception> T call(CheckedCallable<? extends T, X> call)
        throws X, InterruptedException {
      return policy.call(call);
    }

    <T extends @Nullable Object> Supplier<CompletableFuture<T>> decorate(
        Supplier<? extends CompletionStage<T>> call) {
      return policy.decorate(call);
    }

    <A extends @Nullable Object, T extends @Nullable Object>
        Function<A, CompletableFuture<T>> decorateFunction(
            Function<? super A, ? extends CompletionStage<T>> call) {
      return policy.decorateFunction(call);
    }

    /** The exception is inferred: one that is not thrown need not be caught. */
    String withoutCatch() throws InterruptedException {
      return policy.call(() -> "nothing to catch");
    }

    String withItsOwnException() throws IOException, InterruptedException {
      return policy.call(
          () -> {
            throw new IOException();
          });
    }

    static AsyncPolicy stack(AsyncPolicy retry, AsyncPolicy breaker, AsyncPolicy limiter) {
      AsyncPolicy one = AsyncPolicy.compose(retry);
      return AsyncPolicy.compose(one, breaker, limiter);
    }
  }

  /** A caller of limiters. */
  static final class LimiterUser {
    private final AsyncRateLimiter limiter;

    LimiterUser(AsyncRateLimiter limiter) {
      this.limiter = limiter;
    }

    Stream<Optional<Permit>> tries() {
      return Stream.of(limiter.tryAcquire(), limiter.tryAcquire(2L));
    }

    Stream<CompletableFuture<Permit>> waits() {
      return Stream.of(limiter.acquire(), limiter.acquire(2L), limiter.acquire(2L, Duration.ZERO));
    }

    Permit blocks() throws InterruptedException {
      limiter.acquireBlocking().release();
      return limiter.acquireBlocking(2L, Duration.ofSeconds(1));
    }

    <T extends @Nullable Object> CompletableFuture<T> execute(
        long permits, Supplier<? extends CompletionStage<T>> call) {
      return limiter.execute(permits, call);
    }

    <T extends @Nullable Object, X extends Exception> T call(
        long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
      return limiter.call(permits, call);
    }

    Duration estimate() {
      return limiter.isIdle() ? Duration.ZERO : limiter.estimateWait(2L);
    }

    /** Neither a limiter nor a permit throws anything checked when it is closed. */
    void closes(Permit permit, Throwable error) {
      try (AsyncRateLimiter closed = limiter;
          Permit held = permit) {
        held.recordSuccess();
        held.recordFailure(error);
        held.release();
        assertThat(closed).isNotNull();
      }
    }

    /** A limiter is a policy, and can be closed. */
    List<Object> is() {
      AsyncPolicy policy = limiter;
      AutoCloseable closeable = limiter;
      return List.of(policy, closeable);
    }
  }

  /** A caller of limiters of many keys. */
  static final class KeyedUser {
    private final KeyedRateLimiter<Integer> keyed;

    KeyedUser(KeyedRateLimiter<Integer> keyed) {
      this.keyed = keyed;
    }

    AsyncRateLimiter view() {
      return keyed.forKey(7);
    }

    <T extends @Nullable Object> CompletableFuture<T> execute(
        Supplier<? extends CompletionStage<T>> call) {
      keyed.execute(7, 2L, call);
      return keyed.execute(7, call);
    }

    <A extends @Nullable Object, T extends @Nullable Object>
        Function<A, CompletableFuture<T>> decorate(
            Function<? super A, ? extends Integer> keyOf,
            Function<? super A, ? extends CompletionStage<T>> call) {
      return keyed.decorate(keyOf, call);
    }

    void closes() {
      try (KeyedRateLimiter<Integer> closed = keyed) {
        assertThat(closed).isNotNull();
      }
    }
  }

  /** Look-up and configuration. */
  static final class Application {
    private final Map<String, String> options = Map.of("rate", "100/s", "capacity", "200");
    private final LimiterEnvironment environment =
        LimiterEnvironment.system()
            .withName("payments")
            .withTimeSource(TimeSource.system())
            .withExecutor(Runnable::run);

    SortedSet<String> names() {
      return Limiters.names();
    }

    Stream<AsyncRateLimiter> limiters() {
      return Stream.of(
          Limiters.rateLimiter("token-bucket", options),
          Limiters.rateLimiter("token-bucket", options, environment));
    }

    Stream<KeyedRateLimiter<String>> keyed() {
      return Stream.of(
          Limiters.keyed("per-key", options), Limiters.keyed("per-key", options, environment));
    }

    Stream<AsyncPolicy> policies() {
      return Stream.of(
          Limiters.policy("retry", options), Limiters.policy("retry", options, environment));
    }

    List<Object> set() {
      LimiterSet other = Limiters.load(options, environment);
      other.close();
      try (LimiterSet set = Limiters.load(options)) {
        SortedSet<String> names = set.names();
        AsyncPolicy policy = set.policy("a");
        AsyncRateLimiter limiter = set.rateLimiter("a");
        KeyedRateLimiter<String> keyed = set.keyed("a");
        return List.of(names, policy, limiter, keyed);
      }
    }
  }

  /** Refusals and errors. */
  static final class Refusals {
    List<RejectedException> made(RejectedException.Reason reason, @Nullable Duration retryAfter) {
      return List.of(
          new RejectedException("a", reason, retryAfter),
          new RateLimitExceededException("a", reason, retryAfter),
          new LimiterClosedException("a"));
    }

    Optional<Duration> read(RejectedException refusal) {
      String limiter = refusal.limiter();
      return switch (refusal.reason()) {
        case RATE, CONCURRENCY, QUEUE_FULL, TOO_MANY_KEYS, CIRCUIT_OPEN, CLOSED, UNAVAILABLE ->
            limiter.isEmpty() ? Optional.empty() : refusal.retryAfter();
      };
    }

    /** As they are caught. */
    List<RuntimeException> kinds(LimiterConfigException config, CircuitBreakerOpenException open) {
      IllegalArgumentException argument = config;
      RejectedException rejected = open;
      return List.of(argument, rejected);
    }
  }

  /** Anybody may bring a clock. */
  static final class StrangersTime implements TimeSource {
    @Override
    public long nanoTime() {
      return TimeSource.coarse(Duration.ofMillis(1)).nanoTime();
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      return () -> false;
    }
  }

  /** What these do not implement is a default. */
  static final class StrangersPolicy implements AsyncPolicy {
    @Override
    public String name() {
      return "stranger";
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> execute(
        Supplier<? extends CompletionStage<T>> call) {
      return call.get().toCompletableFuture();
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(
        CheckedCallable<? extends T, X> call) throws X {
      return call.call();
    }
  }

  /** As above, for limiters. */
  static final class StrangersLimiter implements AsyncRateLimiter {
    @Override
    public String name() {
      return "stranger";
    }

    @Override
    public Optional<Permit> tryAcquire() {
      return tryAcquire(1);
    }

    @Override
    public Optional<Permit> tryAcquire(long permits) {
      return Optional.of(() -> {});
    }

    @Override
    public CompletableFuture<Permit> acquire() {
      return acquire(1);
    }

    @Override
    public CompletableFuture<Permit> acquire(long permits) {
      return acquire(permits, Duration.ZERO);
    }

    @Override
    public CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
      return completedFuture(() -> {}); // only release() of a permit is no default
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> execute(
        Supplier<? extends CompletionStage<T>> call) {
      return execute(1, call);
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> execute(
        long permits, Supplier<? extends CompletionStage<T>> call) {
      return call.get().toCompletableFuture();
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(
        CheckedCallable<? extends T, X> call) throws X {
      return call.call();
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(
        long permits, CheckedCallable<? extends T, X> call) throws X {
      return call.call();
    }

    @Override
    public boolean isIdle() {
      return true;
    }
  }

  /** As above, for limiters of many keys. */
  static final class StrangersKeys implements KeyedRateLimiter<String> {
    @Override
    public AsyncRateLimiter forKey(String key) {
      return new StrangersLimiter();
    }

    @Override
    public void close() {}
  }

  // ---- io.asynctools.api.spi, as an author of a strategy uses it

  /** What it does not implement is a default. */
  static final class StrangersProvider implements LimiterProvider<StrangersLimiter> {
    static final ConfigOption<Integer> SIZE =
        ConfigOption.of("size", Integer.class, 3, "how many there are");
    static final ConfigOption<Rate> RATE =
        ConfigOption.required("rate", Rate.class, "how often there is one");

    @Override
    public String name() {
      return "stranger";
    }

    @Override
    public Class<? super StrangersLimiter> type() {
      return AsyncRateLimiter.class;
    }

    @Override
    public List<ConfigOption<?>> options() {
      return List.of(SIZE, RATE);
    }

    @Override
    public StrangersLimiter create(LimiterConfig config) {
      Integer size = config.get(SIZE);
      Rate rate = config.get(RATE);
      LimiterEnvironment environment = config.environment();
      LimiterConfig inner = config.nested("limiter");
      assertThat(List.of(size, rate, environment, inner)).isNotEmpty();
      return new StrangersLimiter();
    }

    static Supplier<StrangersLimiter> test() {
      LimiterConfig config =
          LimiterConfig.of("mine", Map.of("rate", "1/s"), LimiterEnvironment.system());
      String name = SIZE.name();
      Class<Integer> type = SIZE.type();
      @Nullable Integer value = SIZE.defaultValue();
      String description = SIZE.description();
      assertThat(List.of(name, type, value == null ? 0 : value, description)).isNotEmpty();
      return new StrangersProvider().prepare(config);
    }
  }

  // ---- the strategies

  /** Each builder's every option, in a chain. */
  static final class Builders {
    TokenBucketRateLimiter tokenBucket(TimeSource time, Executor executor) {
      TokenBucketRateLimiter bucket =
          TokenBucketRateLimiter.builder(Rate.perSecond(100))
              .capacity(200L)
              .initialTokens(200L)
              .tokensPerCall(1L)
              .maxWait(Duration.ofSeconds(1))
              .maxWaiters(1 << 20)
              .name("payments")
              .timeSource(time)
              .executor(executor)
              .build();
      long tokens = bucket.availableTokens();
      int waiters = bucket.waiters();
      bucket.reconfigure(Rate.parse("100/s"), tokens + waiters);
      return bucket;
    }

    SemaphoreRateLimiter semaphore(TimeSource time, Executor executor) {
      SemaphoreRateLimiter semaphore =
          SemaphoreRateLimiter.builder(10)
              .maxWait(Duration.ofSeconds(1))
              .maxWaiters(100)
              .cancelCalls(false)
              .name("payments")
              .timeSource(time)
              .executor(executor)
              .build();
      int permits = semaphore.availablePermits();
      int waiters = semaphore.waiters();
      semaphore.resize(permits + waiters);
      return semaphore;
    }

    PerKeyRateLimiter<String, TokenBucketRateLimiter> perKey(TimeSource time, Executor executor) {
      PerKeyRateLimiter<String, TokenBucketRateLimiter> keyed =
          PerKeyRateLimiter.builder()
              .maxIdle(Duration.ofMinutes(5))
              .cleanupInterval(Duration.ofSeconds(60))
              .maxKeys(10_000L)
              .name("tenants")
              .timeSource(time)
              .executor(executor)
              .build(key -> tokenBucket(time, executor));
      long size = keyed.size();
      Long tokens = keyed.with("a", TokenBucketRateLimiter::availableTokens);
      assertThat(size).isNotEqualTo(tokens);
      KeyedRateLimiter<String> is = keyed;
      assertThat(is).isNotNull();
      return keyed;
    }

    /** As it stands in the contract. */
    <K, L extends AsyncRateLimiter> PerKeyRateLimiter<K, L> perKey(
        Function<? super K, ? extends L> factory) {
      return PerKeyRateLimiter.builder().<K, L>build(factory);
    }

    /** As above. */
    <K, L extends AsyncRateLimiter, R extends @Nullable Object> R with(
        PerKeyRateLimiter<K, L> keyed, K key, Function<? super L, ? extends R> action) {
      return keyed.<R>with(key, action);
    }

    CircuitBreaker circuitBreaker(
        TimeSource time,
        Executor executor,
        Predicate<? super Throwable> failure,
        Predicate<? super @Nullable Object> failureOfResult) {
      StateListener listener = (CircuitBreaker.State from, CircuitBreaker.State to) -> {};
      CircuitBreaker breaker =
          CircuitBreaker.builder()
              .failureThreshold(5)
              .timeout(Duration.ofSeconds(60))
              .halfOpenMaxCalls(1)
              .probeTimeout(Duration.ofSeconds(60))
              .timeWindow(Duration.ofSeconds(60))
              .failureRateThreshold(0.5)
              .minimumCalls(10)
              .slowCallDuration(Duration.ofSeconds(1))
              .slowCallRateThreshold(1.0)
              .recordFailureIf(failure)
              .recordFailureIfResult(failureOfResult)
              .onStateChange(listener)
              .name("callee")
              .timeSource(time)
              .executor(executor)
              .build();
      int failures =
          switch (breaker.state()) {
            case CLOSED, OPEN, HALF_OPEN -> breaker.failureCount();
          };
      assertThat(failures).isZero();
      breaker.reset();
      breaker.forceOpen();
      AsyncRateLimiter is = CircuitBreaker.builder().countWindow(100).build();
      assertThat(is).isNotNull();
      return breaker;
    }

    Retry retry(
        TimeSource time,
        Executor executor,
        Predicate<? super Throwable> retried,
        Predicate<? super @Nullable Object> retriedResult) {
      RetryListener listener = (@Nullable Throwable error, int nextAttempt, Duration delay) -> {};
      DelayFunction delay =
          (@Nullable Throwable error,
              @Nullable Object result,
              int nextAttempt,
              Duration computed) -> computed;
      Retry retry =
          Retry.builder()
              .maxAttempts(3)
              .initialDelay(Duration.ofSeconds(1))
              .maxDelay(Duration.ofSeconds(60))
              .multiplier(2.0)
              .jitter(Jitter.FULL)
              .delay(delay)
              .retryOn(IOException.class, IllegalStateException.class)
              .retryIf(retried)
              .retryIfResult(retriedResult)
              .attemptTimeout(Duration.ofSeconds(5))
              .totalTimeout(Duration.ofSeconds(30))
              .budget(RetryBudget.of(0.1, Rate.perSecond(1)))
              .onRetry(listener)
              .name("callee")
              .timeSource(time)
              .executor(executor)
              .build();
      AsyncPolicy is = retry;
      assertThat(is).isNotNull();
      return retry;
    }

    boolean isJitter(Jitter jitter) {
      return switch (jitter) {
        case NONE, FULL, EQUAL, DECORRELATED -> true;
      };
    }
  }

  // ---- io.asynctools.testkit

  /** A stranger's contract. */
  abstract static class StrangersContract extends AsyncRateLimiterContract {
    @Override
    public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
      return new StrangersLimiter();
    }
  }

  // ---- what has to run

  @Test
  void theTypesAreAsTheContractSays() {
    assertThat(AsyncRateLimiterContract.class).isAssignableFrom(WaitingLimiterContract.class);
    for (Class<?> type :
        List.of(
            Limiters.class,
            LimiterEnvironment.class,
            LimiterSet.class,
            RateLimitExceededException.class,
            LimiterClosedException.class,
            ConfigOption.class,
            LimiterConfig.class)) {
      assertThat(type).isFinal();
    }
    for (Class<?> type : List.of(RejectedException.class, LimiterConfigException.class)) {
      assertThat(Modifier.isFinal(type.getModifiers())).as("%s is final", type).isFalse();
    }
    assertThat(CheckedCallable.class).hasAnnotation(FunctionalInterface.class);
    assertThat(LimiterSet.class.getInterfaces()).contains(AutoCloseable.class);
    assertThat(new Rate(5, Duration.ofSeconds(2))).isEqualTo(Rate.parse("2.5/s"));
  }

  @Test
  void manualTimeIsAsTheContractSays() {
    ManualTime time = new ManualTime(Long.MAX_VALUE);
    TimeSource source = time;
    Executor executor = new ManualTime();
    source.schedule(() -> {}, 5);
    int pending = time.pending();
    time.advance(Duration.ofNanos(5));
    assertThat(executor).isNotNull();
    assertThat(pending - time.pending()).isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "token-bucket, 'rate capacity initial-tokens tokens-per-call max-wait max-waiters'",
    "semaphore, 'max-concurrent max-wait max-waiters cancel-calls'",
    "per-key, 'limiter max-idle cleanup-interval max-keys'",
    "circuit-breaker, 'failure-threshold timeout half-open-max-calls probe-timeout count-window"
        + " time-window failure-rate-threshold minimum-calls slow-call-duration"
        + " slow-call-rate-threshold'",
    "retry, 'max-attempts initial-delay max-delay multiplier jitter attempt-timeout"
        + " total-timeout'",
  })
  void theNamesOfProvidersAndOptionsAreAsTheContractSays(String name, String options) {
    assertThat(Limiters.names()).contains(name);
    LimiterProvider<?> provider =
        java.util.ServiceLoader.load(LimiterProvider.class).stream()
            .<LimiterProvider<?>>map(java.util.ServiceLoader.Provider::get)
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    assertThat(provider.options().stream().map(ConfigOption::name)).contains(options.split(" "));
  }

  @Test
  void theArtifactsAreAsTheContractSays() {
    assertThat(io.asynctools.proof.Modules.artifactsOfTheBom())
        .contains(
            "api",
            "token-bucket",
            "semaphore",
            "per-key",
            "circuit-breaker",
            "retry",
            "test-kit",
            "redis");
  }

  /** And builders take what methods that make them take. */
  @Test
  void theBuildersAreMadeAsTheContractSays() {
    Function<Rate, TokenBucketRateLimiter.Builder> bucket = TokenBucketRateLimiter::builder;
    IntFunction<SemaphoreRateLimiter.Builder> semaphore = SemaphoreRateLimiter::builder;
    Supplier<PerKeyRateLimiter.Builder> perKey = PerKeyRateLimiter::builder;
    Supplier<CircuitBreaker.Builder> breaker = CircuitBreaker::builder;
    Supplier<Retry.Builder> retry = Retry::builder;
    BiFunction<Double, Rate, RetryBudget> budget = RetryBudget::of;
    assertThat(List.of(bucket, semaphore, perKey, breaker, retry, budget)).doesNotContainNull();
  }
}
