package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a breaker costs. */
@Tag("unit")
class FrugalTest {
  private static final int TIMES = 20_000;

  private final ManualTime time = new ManualTime();

  /** Promises: All 13. */
  @Test
  void aRefusedTryAllocatesNothing() {
    CircuitBreaker open = breakerOn(time).build();
    open.forceOpen();
    assertThat(bytes(open::tryAcquire)).isLessThan(TIMES);
    CircuitBreaker isolated = breakerOn(time).build();
    isolated.isolate();
    assertThat(bytes(isolated::tryAcquire)).isLessThan(TIMES);
    CircuitBreaker halfOpen = breakerOn(time).halfOpenMaxCalls(3).build();
    halfOpen.forceOpen();
    time.advance(TIMEOUT);
    for (int i = 0; i < 3; i++) {
      admitted(halfOpen);
    }
    assertThat(bytes(halfOpen::tryAcquire)).isLessThan(TIMES);
    CircuitBreaker shut = breakerOn(time).build();
    shut.close();
    assertThat(bytes(shut::tryAcquire)).isLessThan(TIMES);
  }

  /** Promises: All 13. */
  @Test
  void aPermitIsSmall() {
    assertThat(bytesOfAPermit(breakerOn(time).build())).isLessThanOrEqualTo(24);
    assertThat(bytesOfAPermit(breakerOn(time).countWindow(10).build())).isLessThanOrEqualTo(32);
    CircuitBreaker halfOpen = breakerOn(time).build();
    halfOpen.forceOpen();
    time.advance(TIMEOUT);
    admitted(halfOpen).release();
    assertThat(bytesOfAPermit(halfOpen)).isLessThanOrEqualTo(32);
  }

  private static long bytesOfAPermit(CircuitBreaker breaker) {
    BreakerPermit permit = (BreakerPermit) admitted(breaker);
    permit.release();
    Epoch epoch = permit.epoch();
    return bytes(
            () -> {
              Permit made = epoch.admit();
              if (made == null) {
                throw new AssertionError("refused");
              }
              made.release();
              return made;
            })
        / TIMES;
  }

  /** Promises: Circuit breaker 5. */
  @Test
  void recordingASuccessOrAFailureAllocatesNothingMore() {
    for (CircuitBreaker breaker :
        new CircuitBreaker[] {
          breakerOn(time).failureThreshold(Integer.MAX_VALUE).build(),
          breakerOn(time).countWindow(100).failureRateThreshold(1.0).build(),
          breakerOn(time).timeWindow(Duration.ofSeconds(1)).failureRateThreshold(1.0).build()
        }) {
      Steps.Down down = new Steps.Down();
      Steps.succeed(breaker);
      Epoch epoch = ((BreakerPermit) admitted(breaker)).epoch();
      long each =
          bytes(
                  () -> {
                    Permit failed = epoch.admit();
                    Permit well = epoch.admit();
                    if (failed == null || well == null) {
                      throw new AssertionError("refused");
                    }
                    failed.recordFailure(down);
                    well.recordSuccess();
                    return failed;
                  })
              / TIMES;
      assertThat(each).as("for two permits").isLessThanOrEqualTo(64);
    }
  }

  /** Promises: All 13. */
  @Test
  void breakersThatAreBuiltAlikeShareTheirRule() {
    Supplier<CircuitBreaker> breakers =
        new CircuitBreakerProvider()
            .prepare(
                LimiterConfig.of(
                    "many", Map.of("failure-threshold", "2"), LimiterEnvironment.system()));
    CircuitBreaker one = breakers.get();
    CircuitBreaker other = breakers.get();
    assertThat(one).isNotSameAs(other);
    assertThat(one.rule).isSameAs(other.rule);
    fail(one, 2);
    assertThat(one.state()).isEqualTo(CircuitBreaker.State.OPEN);
    assertThat(other.failureCount()).isZero();
  }

  /** Promises: Circuit breaker 6, All 13. */
  @Test
  void aBreakerStartsNoThread() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    CircuitBreaker usual =
        CircuitBreaker.builder().failureThreshold(1).onStateChange((from, to) -> {}).build();
    CompletableFuture<Object> result = usual.execute(CompletableFuture::new);
    fail(usual);
    assertThat(usual.acquire()).isCompletedExceptionally();
    assertThat(result.cancel(true)).isTrue();
    usual.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        .extracting(Thread::getName)
        .noneMatch(name -> name.contains("async-tools"));
  }

  /** What doing it so often allocates, at best: the first round loads classes. */
  private static long bytes(Supplier<?> action) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 4; round++) {
      long before = allocated();
      for (int i = 0; i < TIMES; i++) {
        kept = action.get();
      }
      least = Math.min(least, allocated() - before);
    }
    return least;
  }

  static volatile @Nullable Object kept; // so that nothing is made in vain

  /** By reflection, since the module under test does not read {@code jdk.management}. */
  private static long allocated() {
    try {
      Object threads =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      Object bytes =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes")
              .invoke(threads);
      return (Long) bytes;
    } catch (ReflectiveOperationException | RuntimeException e) {
      abort("this virtual machine does not count what a thread allocates");
      return 0;
    }
  }
}
