package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreakerOpenException;
import io.asynctools.perkey.Threads.Aside;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every rejection by a key's limiter names the key, whichever limiter that is and however late.
 *
 * <p>Promises: Per key 6.
 */
@Tag("unit")
@Timeout(120)
class RejectionNamesItsKeyTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();

  private <L extends AsyncRateLimiter> PerKeyRateLimiter<String, L> keys(
      Function<String, L> factory) {
    return PerKeyRateLimiter.builder()
        .name("tenants")
        .timeSource(time)
        .executor(time)
        .build(factory);
  }

  private SemaphoreRateLimiter.Builder semaphore() {
    return SemaphoreRateLimiter.builder(1).timeSource(time).executor(time);
  }

  private static CompletableFuture<String> never() {
    throw new AssertionError("the call must not start");
  }

  private static RejectedException rejectionOf(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    Throwable thrown = future.handle((value, failure) -> failure).join();
    assertThat(thrown).isInstanceOf(RejectedException.class);
    return (RejectedException) thrown;
  }

  private static void names(CompletableFuture<?> future, Reason reason) {
    RejectedException rejection = rejectionOf(future);
    assertThat(rejection.key()).contains("acme");
    assertThat(rejection.reason()).isEqualTo(reason);
    assertThat(rejection).hasMessageContaining("for key 'acme'");
  }

  private static void names(ThrowingCallable use, Reason reason) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(use)
        .satisfies(
            e -> {
              assertThat(e.key()).contains("acme");
              assertThat(e.reason()).isEqualTo(reason);
            });
  }

  // ---- At once

  @Test
  void whereTheRateIsUsedUp() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys =
        keys(
            key ->
                TokenBucketRateLimiter.builder(Rate.perSecond(1))
                    .maxWait(Duration.ZERO)
                    .timeSource(time)
                    .executor(time)
                    .build());
    AsyncRateLimiter view = keys.forKey("acme");
    assertThat(view.tryAcquire()).isPresent();
    namesInEveryForm(view, Reason.RATE);
    assertThat(rejectionOf(view.acquire()).retryAfter()).contains(SECOND);
    names(keys.execute("acme", RejectionNamesItsKeyTest::never), Reason.RATE);
    names(keys.execute("acme", 1, RejectionNamesItsKeyTest::never), Reason.RATE);
    names(keys.<Integer, String>decorate(n -> "acme", n -> never()).apply(1), Reason.RATE);
    names(AsyncPolicy.compose(view, view).execute(RejectionNamesItsKeyTest::never), Reason.RATE);
  }

  private static void namesInEveryForm(AsyncRateLimiter view, Reason reason) {
    names(view.acquire(), reason);
    names(view.acquire(1), reason);
    names(view.acquire(1, Duration.ZERO), reason);
    names(view.execute(RejectionNamesItsKeyTest::never), reason);
    names(view.execute(1, RejectionNamesItsKeyTest::never), reason);
    names(view.decorate(RejectionNamesItsKeyTest::never).get(), reason);
    names(view::acquireBlocking, reason);
    names(() -> view.acquireBlocking(1, Duration.ZERO), reason);
    names(() -> view.call(RejectionNamesItsKeyTest::never), reason);
    names(() -> view.call(1, RejectionNamesItsKeyTest::never), reason);
  }

  @Test
  void whereAllPermitsAreOut() {
    AsyncRateLimiter view = keys(key -> semaphore().maxWait(Duration.ZERO).build()).forKey("acme");
    assertThat(view.tryAcquire()).isPresent();
    namesInEveryForm(view, Reason.CONCURRENCY);
  }

  @Test
  void whereTheWaitQueueIsFull() {
    AsyncRateLimiter view = keys(key -> semaphore().maxWaiters(1).build()).forKey("acme");
    assertThat(view.tryAcquire()).isPresent();
    assertThat(view.acquire()).isNotDone();
    names(view.acquire(), Reason.QUEUE_FULL);
    names(view.execute(RejectionNamesItsKeyTest::never), Reason.QUEUE_FULL);
    names(view::acquireBlocking, Reason.QUEUE_FULL);
  }

  @Test
  void whereThereAreTooManyKeys() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder().maxKeys(1).build(key -> FakeLimiter.busy());
    assertThat(keys.forKey("other").tryAcquire()).isPresent();
    namesInEveryForm(keys.forKey("acme"), Reason.TOO_MANY_KEYS);
    names(() -> keys.with("acme", limiter -> limiter), Reason.TOO_MANY_KEYS);
    assertThat(rejectionOf(keys.forKey("acme").acquire()).retryAfter())
        .as("no key is idle, and nothing is known of when one will be")
        .isEmpty();
  }

  @Test
  void whereAllIsClosed() {
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(key -> FakeLimiter.busy());
    keys.close();
    namesInEveryForm(keys.forKey("acme"), Reason.CLOSED);
    names(() -> keys.with("acme", limiter -> limiter), Reason.CLOSED);
  }

  @Test
  void byName() {
    KeyedRateLimiter<String> keys =
        Limiters.keyed(
            "per-key",
            Map.of("limiter", "token-bucket", "limiter.rate", "1/s", "limiter.max-wait", "0s"),
            LimiterEnvironment.system().withTimeSource(time).withExecutor(time).withName("api"));
    AsyncRateLimiter view = keys.forKey("acme");
    assertThat(view.tryAcquire()).isPresent();
    namesInEveryForm(view, Reason.RATE);
    assertThat(rejectionOf(view.acquire()))
        .hasMessageStartingWith("limiter 'api' rejected the call for key 'acme' (RATE)");
  }

  @Test
  void whereABreakerIsOpen() {
    AsyncRateLimiter view =
        keys(key -> CircuitBreaker.builder().failureThreshold(1).timeSource(time).build())
            .forKey("acme");
    CompletableFuture<String> failed =
        view.execute(() -> CompletableFuture.failedFuture(new IOException()));
    assertThat(failed).isCompletedExceptionally();
    namesInEveryForm(view, Reason.CIRCUIT_OPEN);
    assertThat(rejectionOf(view.acquire())).isExactlyInstanceOf(CircuitBreakerOpenException.class);
    assertThat(rejectionOf(view.acquire()).retryAfter()).isPresent();
  }

  // ---- Later

  @Test
  void whereMaxWaitPasses() {
    AsyncRateLimiter view = keys(key -> semaphore().maxWait(SECOND).build()).forKey("acme");
    assertThat(view.tryAcquire()).isPresent();
    List<CompletableFuture<?>> waiters =
        List.of(
            view.acquire(),
            view.acquire(1),
            view.acquire(1, SECOND),
            view.execute(RejectionNamesItsKeyTest::never),
            view.execute(1, RejectionNamesItsKeyTest::never));
    assertThat(waiters).noneMatch(CompletableFuture::isDone);
    time.advance(SECOND);
    waiters.forEach(waiter -> names(waiter, Reason.CONCURRENCY));
  }

  @Test
  void whereItIsClosedMeanwhile() throws Exception {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys = keys(key -> semaphore().build());
    AsyncRateLimiter view = keys.forKey("acme");
    assertThat(view.tryAcquire()).isPresent();
    CompletableFuture<?> permit = view.acquire();
    CompletableFuture<?> call = view.execute(RejectionNamesItsKeyTest::never);
    Aside<Permit> blocked = Threads.<Permit>aside(view::acquireBlocking).blocks();
    keys.close();
    time.advance(Duration.ZERO);
    names(permit, Reason.CLOSED);
    names(call, Reason.CLOSED);
    names(
        () -> {
          throw blocked.handle((value, thrown) -> thrown).get(60, TimeUnit.SECONDS);
        },
        Reason.CLOSED);
  }

  // ---- The future of a waiter is still a waiter's

  @Test
  void aWaiterThatIsGrantedHasItsPermit() {
    AsyncRateLimiter view = keys(key -> semaphore().build()).forKey("acme");
    Permit held = view.tryAcquire().orElseThrow();
    CompletableFuture<Permit> permit = view.acquire();
    CompletableFuture<String> call = view.execute(() -> CompletableFuture.completedFuture("value"));
    held.release();
    time.advance(Duration.ZERO);
    assertThat(permit).isCompleted();
    assertThat(call).isNotDone();
    permit.join().release();
    time.advance(Duration.ZERO);
    assertThat(call).isCompletedWithValue("value");
  }

  @Test
  void aWaiterThatIsCancelledCostsNothing() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys = keys(key -> semaphore().build());
    AsyncRateLimiter view = keys.forKey("acme");
    Permit held = view.tryAcquire().orElseThrow();
    CompletableFuture<Permit> cancelled = view.acquire();
    CompletableFuture<Permit> failed = view.acquire();
    CompletableFuture<Permit> ended = view.acquire();
    CompletableFuture<String> call = view.execute(RejectionNamesItsKeyTest::never);
    assertThat(keys.<Integer>with("acme", SemaphoreRateLimiter::waiters)).isEqualTo(4);
    TimeoutException timeout = new TimeoutException();
    Permit other = () -> {};
    assertThat(cancelled.cancel(true)).isTrue();
    assertThat(failed.completeExceptionally(timeout)).isTrue();
    assertThat(ended.complete(other)).isTrue();
    assertThat(call.cancel(false)).isTrue();
    assertThat(keys.<Integer>with("acme", SemaphoreRateLimiter::waiters)).isZero();
    assertThat(cancelled).isCancelled();
    assertThat(failed.handle((value, thrown) -> thrown)).isCompletedWithValue(timeout);
    assertThat(ended).isCompletedWithValue(other);
    assertThat(call).isCancelled();
    held.release();
    time.advance(Duration.ZERO);
    assertThat(view.tryAcquire()).as("no permit was lost").isPresent();
  }

  @Test
  void endingWhatIsOverChangesNothing() {
    AsyncRateLimiter view = keys(key -> semaphore().build()).forKey("acme");
    Permit held = view.tryAcquire().orElseThrow();
    CompletableFuture<Permit> waiter = view.acquire();
    held.release();
    time.advance(Duration.ZERO);
    assertThat(waiter.cancel(true)).isFalse();
    assertThat(waiter.complete(() -> {})).isFalse();
    assertThat(waiter.completeExceptionally(new TimeoutException())).isFalse();
    assertThat(waiter).isCompleted();
    assertThat(view.tryAcquire()).as("its permit is out").isEmpty();
  }

  /** A cancel races with the grant: either the waiter has the permit, or the limiter. */
  @Test
  void aCancelThatRacesWithAGrantLosesNoPermit() throws Exception {
    AsyncRateLimiter view =
        keys(key -> SemaphoreRateLimiter.builder(1).executor(Runnable::run).build()).forKey("acme");
    for (int round = 0; round < 2_000; round++) {
      Permit held = view.tryAcquire().orElseThrow();
      CompletableFuture<Permit> waiter = view.acquire();
      for (Aside<Boolean> each :
          Threads.<Boolean>together(
              2,
              i ->
                  () -> {
                    if (i == 0) {
                      held.release();
                      return true;
                    }
                    return waiter.cancel(true);
                  })) {
        each.result();
      }
      if (!waiter.isCancelled()) {
        waiter.get(60, TimeUnit.SECONDS).release();
      }
      assertThat(waiter).isDone();
    }
    assertThat(view.tryAcquire()).isPresent();
  }

  // ---- What is not the limiter's own

  /** A call's own rejection, by a limiter of the same name inside, says nothing of this key. */
  @Test
  void aRejectionByALimiterInsideIsLeftAlone() {
    RejectedException inside = new RateLimitExceededException("semaphore", Reason.RATE, null);
    AsyncRateLimiter view = keys(key -> semaphore().build()).forKey("acme");
    assertThat(rejectionOf(view.execute(() -> CompletableFuture.failedFuture(inside))))
        .isSameAs(inside);
    assertThat(
            rejectionOf(
                view.execute(
                    () -> {
                      throw inside;
                    })))
        .isSameAs(inside);
    CheckedCallable<String, RuntimeException> failing =
        () -> {
          throw inside;
        };
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> view.call(failing))
        .isSameAs(inside);

    Permit held = view.tryAcquire().orElseThrow();
    CompletableFuture<String> waited = view.execute(() -> CompletableFuture.failedFuture(inside));
    held.release();
    time.advance(Duration.ZERO);
    assertThat(rejectionOf(waited)).isSameAs(inside);
    assertThat(inside.key()).isEmpty();
  }

  /** Keys within keys: the innermost knows best. */
  @Test
  void aKeyThatIsNamedAlreadyStays() {
    RejectedException named =
        new RateLimitExceededException("inner", Reason.RATE, null, "host 7", null);
    AsyncRateLimiter view = keys(key -> new Rejecting(named)).forKey("acme");
    assertThat(rejectionOf(view.acquire())).isSameAs(named);
  }

  // ---- Limiters that we do not know

  /** Throws one instance for ever, wherever it can. */
  private static final class Rejecting extends FakeLimiter {
    private final RejectedException rejection;

    Rejecting(RejectedException rejection) {
      super(() -> false);
      this.rejection = rejection;
    }

    @Override
    public CompletableFuture<Permit> acquire() {
      return CompletableFuture.failedFuture(rejection);
    }

    @Override
    public Permit acquireBlocking() {
      throw rejection;
    }

    @Override
    public Permit acquireBlocking(long permits, Duration maxWait) {
      throw rejection;
    }

    @Override
    public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
      return CompletableFuture.failedFuture(rejection);
    }

    @Override
    public <T, X extends Exception> T call(CheckedCallable<? extends T, X> call) {
      throw rejection;
    }

    @Override
    public <T, X extends Exception> T call(long permits, CheckedCallable<? extends T, X> call) {
      throw rejection;
    }
  }

  private static final class QuotaSpent extends RejectedException {
    private static final long serialVersionUID = 1L;

    QuotaSpent(Throwable cause) {
      super("quota", Reason.RATE, SECOND, null, cause);
    }
  }

  @Test
  void aStrangersRejectionKeepsItsClassAndCauseAndTheSharedInstanceStaysAsItIs() {
    Exception cause = new Exception("the month is over");
    QuotaSpent shared = new QuotaSpent(cause);
    PerKeyRateLimiter<String, Rejecting> keys = keys(key -> new Rejecting(shared));
    namesInEveryForm(keys.forKey("acme"), Reason.RATE);
    assertThat(rejectionOf(keys.forKey("acme").acquire()))
        .isExactlyInstanceOf(QuotaSpent.class)
        .hasCause(cause);
    assertThat(rejectionOf(keys.forKey("other").acquire()).key()).contains("other");
    assertThat(shared.key()).isEmpty();
  }

  @Test
  void aFailureThatIsNoRejectionIsLeftAlone() {
    IllegalStateException broken = new IllegalStateException("broken");
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key ->
                new FakeLimiter(() -> false) {
                  @Override
                  public CompletableFuture<Permit> acquire() {
                    return CompletableFuture.failedFuture(broken);
                  }
                });
    assertThat(keys.forKey("acme").acquire().handle((value, thrown) -> thrown))
        .isCompletedWithValue(broken);
  }

  /** A limiter that the application closes by itself, behind the keys' back. */
  @Test
  void aLimiterThatIsClosedAloneIsNotAskedForEver() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys = keys(key -> semaphore().build());
    keys.with(
        "acme",
        limiter -> {
          limiter.close();
          return null;
        });
    names(keys.forKey("acme").acquire(), Reason.CLOSED);
    assertThat(rejectionOf(keys.forKey("acme").acquire()))
        .isInstanceOf(LimiterClosedException.class);
  }

  /** The waiter would wait for ever. */
  @Test
  void aKeyWhoseToStringThrowsAnErrorHoldsUpNoRejection() {
    Object key =
        new Object() {
          @Override
          public String toString() {
            throw new AssertionError("of the key");
          }
        };
    PerKeyRateLimiter<Object, SemaphoreRateLimiter> keys =
        PerKeyRateLimiter.builder()
            .timeSource(time)
            .executor(time)
            .build(each -> semaphore().maxWait(SECOND).build());
    AsyncRateLimiter view = keys.forKey(key);
    assertThat(view.tryAcquire()).isPresent();
    CompletableFuture<Permit> waiter = view.acquire();
    time.advance(SECOND);
    assertThat(rejectionOf(waiter).key()).isEmpty();
    assertThat(rejectionOf(view.acquire(1, Duration.ZERO)).key()).isEmpty();
  }

  /** The key goes into logs: control characters would forge a line. */
  @Test
  void aKeyIsShortenedAndEscaped() {
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(key -> FakeLimiter.busy());
    keys.close();
    RejectedException rejection =
        rejectionOf(keys.forKey("evil\nINFO all is well" + "x".repeat(1_000)).acquire());
    assertThat(rejection.getMessage()).hasSizeLessThan(200).doesNotContain("\n");
  }
}
