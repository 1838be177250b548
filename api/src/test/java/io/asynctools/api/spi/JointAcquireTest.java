package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.ToyLine.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The toy that takes from two limiters, all or nothing. */
@Tag("unit")
class JointAcquireTest {
  private final Counter one = new Counter(3, Runnable::run);
  private final Counter two = new Counter(3, Runnable::run);

  @Test
  void takesFromBoth() {
    assertThat(JointAcquire.of(one, 1, two, 2)).isCompleted();
    assertThat(one.left()).isEqualTo(2);
    assertThat(two.left()).isEqualTo(1);
  }

  @Test
  void holdsNothingOfTheOneWhileItWaitsForTheOther() {
    assertThat(two.tryAcquire(3)).isPresent();
    CompletableFuture<Permit> both = JointAcquire.of(one, 2, two, 2);
    assertThat(both).isNotDone();
    assertThat(one.left()).isEqualTo(3);
    two.free(1);
    assertThat(both).isNotDone();
    assertThat(two.left()).isEqualTo(1);
    two.free(1);
    assertThat(both).isCompleted();
    assertThat(one.left()).isEqualTo(1);
    assertThat(two.left()).isZero();
  }

  @Test
  void waitsItsTurnInBothLines() {
    assertThat(one.tryAcquire(3)).isPresent();
    CompletableFuture<Permit> before = one.acquire(3);
    CompletableFuture<Permit> both = JointAcquire.of(one, 1, two, 1);
    CompletableFuture<Permit> behind = two.acquire(1);
    one.free(3);
    assertThat(before).isCompleted();
    assertThat(both).isNotDone();
    assertThat(behind).isNotDone(); // first come, first served
    one.free(3);
    assertThat(both).isCompleted();
    assertThat(behind).isCompleted();
  }

  /** Promises: All 3. */
  @Test
  void aCancelLeavesBothLinesAndLetsTheNextGo() {
    assertThat(one.tryAcquire(3)).isPresent();
    CompletableFuture<Permit> both = JointAcquire.of(one, 1, two, 1);
    CompletableFuture<Permit> behind = two.acquire(1);
    assertThat(both.cancel(false)).isTrue();
    assertThat(behind).isCompleted();
    assertThat(one.waiters()).isZero();
    assertThat(two.waiters()).isZero();
    one.free(3);
    assertThat(one.left()).isEqualTo(3);
  }

  /** Promises: All 10. */
  @Test
  void closingOneFailsItAndLeavesTheOther() {
    assertThat(one.tryAcquire(3)).isPresent();
    CompletableFuture<Permit> both = JointAcquire.of(one, 1, two, 1);
    one.close();
    assertThat(both).isCompletedExceptionally();
    assertThat(two.waiters()).isZero();
    assertThat(two.left()).isEqualTo(3);
  }

  /** Promises: All 3. */
  @Test
  @Timeout(60)
  void oppositeNamingDoesNotDeadlockNorLoseAPermitWhateverIsCancelled() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      boolean swapped = t % 2 == 0;
      Thread thread = new Thread(() -> hammer(swapped));
      thread.setUncaughtExceptionHandler((where, e) -> failures.add(e));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(50).toMillis());
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(failures).isEmpty();
    assertThat(one.left()).isEqualTo(3);
    assertThat(two.left()).isEqualTo(3);
    assertThat(one.waiters()).isZero();
    assertThat(two.waiters()).isZero();
  }

  private void hammer(boolean swapped) {
    for (int i = 0; i < 5_000; i++) {
      CompletableFuture<Permit> both =
          swapped ? JointAcquire.of(two, 2, one, 2) : JointAcquire.of(one, 2, two, 2);
      if (ThreadLocalRandom.current().nextInt(3) > 0 || !both.cancel(false)) {
        both.thenRun(
                () -> {
                  one.free(2);
                  two.free(2);
                })
            .join();
      }
    }
  }
}
