package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.perkey.Threads.Aside;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One limiter per live key, whatever the race; and what a factory may do wrong.
 *
 * <p>Promises: Per key 1.
 */
@Tag("unit")
@Timeout(120)
class FactoryTest {
  private static final int THREADS = 4;

  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void theFactoryRunsOncePerLifeHoweverManyRace() throws Exception {
    for (int round = 0; round < 300; round++) {
      calls.set(0);
      PerKeyRateLimiter<String, FakeLimiter> keys =
          keys(
              key -> {
                calls.incrementAndGet();
                return FakeLimiter.idle();
              });
      List<Aside<FakeLimiter>> racers =
          Threads.together(THREADS, thread -> () -> keys.with("a", limiter -> limiter));
      FakeLimiter one = racers.get(0).result();
      for (Aside<FakeLimiter> racer : racers) {
        assertThat(racer.result()).isSameAs(one);
      }
      assertThat(calls).hasValue(1);
      assertThat(keys.size()).isEqualTo(1);
    }
  }

  @Test
  void noLimiterIsMadeBeforeTheFirstUse() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              throw new AssertionError("called");
            });
    assertThat(keys.forKey("a").name()).isEqualTo("tenants");
    assertThat(keys.forKey("a").isIdle()).isTrue();
    assertThat(keys.forKey("a")).isEqualTo(keys.forKey("a"));
    assertThat(keys.size()).isZero();
  }

  static Stream<Throwable> mistakes() {
    return Stream.of(
        new IllegalArgumentException("no such tenant"), new AssertionError("an Error"));
  }

  /** Promises: Per key 1, All 9. */
  @ParameterizedTest
  @MethodSource("mistakes")
  void whatTheFactoryThrowsReachesTheCallerAndNothingIsKept(Throwable mistake) {
    AtomicInteger failures = new AtomicInteger();
    reachesEachForm(
        key -> {
          calls.incrementAndGet();
          if (failures.getAndIncrement() == 0) {
            throwAnyway(mistake);
          }
          failures.set(0);
          return FakeLimiter.idle();
        },
        thrown -> assertThat(thrown).isSameAs(mistake));
  }

  /** Promises: Per key 1, All 9. */
  @Test
  void nullInPlaceOfALimiterReachesTheCallerAndNothingIsKept() {
    AtomicInteger failures = new AtomicInteger();
    reachesEachForm(
        key -> {
          calls.incrementAndGet();
          return failures.getAndIncrement() % 2 == 0 ? null : FakeLimiter.idle();
        },
        thrown ->
            assertThat(thrown)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("factory"));
  }

  /** The factory fails and succeeds by turns. */
  private void reachesEachForm(Function<String, FakeLimiter> factory, Consumer<Throwable> isIt) {
    Map<String, Function<AsyncRateLimiter, CompletableFuture<?>>> futures =
        Map.of(
            "acquire()", AsyncRateLimiter::acquire,
            "acquire(1)", view -> view.acquire(1),
            "acquire(1, ZERO)", view -> view.acquire(1, Duration.ZERO),
            "execute", view -> view.execute(() -> CompletableFuture.completedFuture("")),
            "execute(1)", view -> view.execute(1, () -> CompletableFuture.completedFuture("")));
    Map<String, Function<AsyncRateLimiter, Callable<?>>> forms =
        Map.of(
            "tryAcquire()", view -> view::tryAcquire,
            "tryAcquire(1)", view -> () -> view.tryAcquire(1),
            "acquireBlocking()", view -> view::acquireBlocking,
            "acquireBlocking(1)", view -> () -> view.acquireBlocking(1, Duration.ZERO),
            "call", view -> () -> view.call(() -> "value"),
            "call(1)", view -> () -> view.call(1, () -> "value"),
            "estimateWait", view -> () -> view.estimateWait(1));
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(factory);
    futures.forEach(
        (form, use) -> {
          calls.set(0);
          CompletableFuture<?> failed = use.apply(keys.forKey(form));
          assertThat(failed).as(form).isCompletedExceptionally();
          isIt.accept(failed.handle((value, thrown) -> thrown).join());
          assertThat(keys.forKey(form).isIdle()).isTrue();
          assertThat(use.apply(keys.forKey(form))).as(form).isCompleted();
          assertThat(calls).as(form).hasValue(2);
        });
    forms.forEach(
        (form, use) -> {
          assertThatThrownBy(() -> use.apply(keys.forKey(form)).call()).as(form).satisfies(isIt);
          assertThat(keys.forKey(form).isIdle()).isTrue();
          assertThatCode(() -> use.apply(keys.forKey(form)).call())
              .as(form)
              .doesNotThrowAnyException();
        });
    assertThatThrownBy(() -> keys.with("with", limiter -> limiter)).satisfies(isIt);
    boolean made = keys.with("with", limiter -> limiter != null);
    assertThat(made).isTrue();
    assertThat(keys.size()).isEqualTo(futures.size() + forms.size() + 1);
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwAnyway(Throwable thrown) throws X {
    throw (X) thrown;
  }

  @Test
  void whoeverWaitedForAFactoryThatFailsTriesForItself() throws Exception {
    for (int round = 0; round < 100; round++) {
      AtomicInteger attempts = new AtomicInteger();
      PerKeyRateLimiter<String, FakeLimiter> keys =
          keys(
              key -> {
                if (attempts.getAndIncrement() < 2) {
                  throw new IllegalStateException("not yet");
                }
                return FakeLimiter.idle();
              });
      List<Aside<Boolean>> racers =
          Threads.together(
              THREADS,
              thread ->
                  () -> {
                    try {
                      return keys.forKey("a").tryAcquire().isPresent();
                    } catch (IllegalStateException e) {
                      return false;
                    }
                  });
      int failed = 0;
      for (Aside<Boolean> racer : racers) {
        failed += racer.result() ? 0 : 1;
      }
      assertThat(failed).as("those who saw the factory fail").isEqualTo(2);
      assertThat(attempts).hasValue(3);
      assertThat(keys.size()).isEqualTo(1);
    }
  }

  @Test
  void theFactoryMayUseOtherKeys() {
    Map<String, PerKeyRateLimiter<String, FakeLimiter>> self = new ConcurrentHashMap<>();
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              if (!key.isEmpty()) {
                String parent = key.substring(1);
                assertThat(self.get("").forKey(parent).tryAcquire()).isPresent();
              }
              return FakeLimiter.idle();
            });
    self.put("", keys);
    assertThat(keys.forKey("a/b/c").tryAcquire()).isPresent();
    assertThat(keys.size()).isEqualTo(6);
  }

  @Test
  void aFactoryThatAsksForTheKeyItIsMakingIsTold() {
    Map<String, PerKeyRateLimiter<String, FakeLimiter>> self = new ConcurrentHashMap<>();
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              if (calls.getAndIncrement() < 2) { // by way of another key
                self.get("").forKey(key.equals("a") ? "b" : "a").tryAcquire();
              }
              return FakeLimiter.idle();
            });
    self.put("", keys);
    assertThatThrownBy(() -> keys.forKey("a").tryAcquire())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'a'");
    assertThat(keys.size()).isZero();
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
  }

  @Test
  void anInterruptWhileAnotherMakesTheLimiterIsKept() throws Exception {
    CountDownLatch made = new CountDownLatch(1);
    CountDownLatch making = new CountDownLatch(1);
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              making.countDown();
              try {
                made.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return FakeLimiter.idle();
            });
    Aside<Boolean> maker = Threads.aside(() -> keys.forKey("a").tryAcquire().isPresent());
    making.await();
    Aside<Boolean> waits =
        Threads.aside(
            () -> {
              assertThat(keys.forKey("a").tryAcquire()).isPresent();
              return Thread.interrupted();
            });
    waits.blocks().thread.interrupt();
    made.countDown();
    assertThat(maker.result()).isTrue();
    assertThat(waits.result()).as("interrupted afterwards").isTrue();
  }

  /** It is not ours, so a try throws it like anything else. */
  @Test
  void aRefusalByTheFactoryComesOutOfATry() {
    RateLimitExceededException refusal =
        new RateLimitExceededException("registry", Reason.RATE, null);
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              throw refusal;
            });
    assertThatThrownBy(() -> keys.forKey("a").tryAcquire()).isSameAs(refusal);
    assertThatThrownBy(() -> keys.forKey("a").tryAcquire(1)).isSameAs(refusal);
    assertThat(keys.size()).isZero();
    assertThat(Reach.entriesFrom(keys)).as("entries in memory").isZero();
  }

  /**
   * An interrupt ends the wait of the blocking forms.
   *
   * <p>Promises: All 11.
   */
  @Test
  void oneWhoBlocksMayBeInterruptedWhileAnotherMakesTheLimiter() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch made = new CountDownLatch(1);
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              making.countDown();
              try {
                made.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return FakeLimiter.idle();
            });
    Aside<Boolean> maker = Threads.aside(() -> keys.forKey("a").tryAcquire().isPresent());
    making.await();
    Aside<Permit> waits = Threads.aside(() -> keys.forKey("a").acquireBlocking());
    waits.blocks().thread.interrupt();
    assertThatThrownBy(waits::result).hasCauseInstanceOf(InterruptedException.class);
    made.countDown();
    assertThat(maker.result()).isTrue();
  }

  private static PerKeyRateLimiter<String, FakeLimiter> keys(
      Function<String, FakeLimiter> factory) {
    return PerKeyRateLimiter.builder().name("tenants").build(factory);
  }
}
