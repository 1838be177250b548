package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.testkit.ManualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A permit that is ended twice admits one call more than there may be.
 *
 * <p>Promises: All 5.
 */
@Tag("unit")
class PermitEndsOnceTest {
  private static final List<Consumer<Permit>> WAYS =
      List.of(
          Permit::release,
          Permit::recordSuccess,
          permit -> permit.recordFailure(new IllegalStateException("of the call")),
          Permit::close);

  private final ManualTime time = new ManualTime();
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(4).timeSource(time).executor(time).build();

  /** Seen in resilience4j and concurrency-limits. */
  @Test
  void aDoubleReleaseAdmitsNobody() {
    for (Consumer<Permit> first : WAYS) {
      Permit held = semaphore.tryAcquire(3).orElseThrow();
      final Permit other = semaphore.tryAcquire().orElseThrow();
      first.accept(held);
      assertThat(semaphore.availablePermits()).isEqualTo(3);
      for (Consumer<Permit> second : WAYS) {
        second.accept(held);
        assertThat(semaphore.availablePermits()).isEqualTo(3);
      }
      other.release();
      assertThat(semaphore.availablePermits()).isEqualTo(4);
    }
  }

  @Test
  void norDoesOneAfterThePermitsWentToSomebodyElse() {
    Permit held = semaphore.tryAcquire(4).orElseThrow();
    CompletableFuture<Permit> next = semaphore.acquire(4);
    CompletableFuture<Permit> last = semaphore.acquire();
    held.release();
    held.release();
    time.runTasks();
    assertThat(next).isCompleted();
    assertThat(last).isNotDone();
  }

  @Test
  void oneThatOutlivesItsSemaphoreDoesNoHarm() {
    Permit held = semaphore.tryAcquire().orElseThrow();
    semaphore.close();
    held.release();
    held.release();
    assertThat(semaphore.availablePermits()).isEqualTo(4);
    assertThat(semaphore.tryAcquire()).isEmpty();
  }

  @Test
  void itSaysWhoseItIsAndWhetherItHasEnded() {
    Permit held = semaphore.tryAcquire(3).orElseThrow();
    assertThat(held).hasToString("permit of 'semaphore' (3 held)");
    held.release();
    assertThat(held).hasToString("permit of 'semaphore' (ended)");
  }
}
