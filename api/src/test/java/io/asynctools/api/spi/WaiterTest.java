package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.spi.ToyLine.Counter;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One who leaves in the moment between a grant and its delivery: the grant is never lost.
 *
 * <p>Promises: All 3.
 */
@Tag("unit")
class WaiterTest {
  private final Counter counter = new Counter(1, Runnable::run);

  @Test
  void oneWhoIsBeingToldCanLeaveNoMore() {
    boolean[] left = {true};
    Waiter waiter =
        new Waiter(counter.line(), 1) {
          @Override
          void deliver(Object outcome) {
            left[0] = cancel(false); // as another thread may, just then
            super.deliver(outcome);
          }
        };
    counter.tryAcquire();
    counter.line().join(waiter, LimiterSettings.UNBOUNDED);
    counter.free(1);
    assertThat(left[0]).isFalse();
    assertThat(waiter).isCompleted();
    assertThat(counter.left()).isZero();
  }

  @Test
  void aGrantToACallThatWasEndedJustBeforeItsStartIsGivenBack() {
    CallFuture<String> call =
        new CallFuture<>(() -> CompletableFuture.completedFuture("started"), true);
    counter.tryAcquire();
    // It does not know this waiter, as if it looked for it when the delivery had begun.
    counter.line().join(new Waiter.ForCall(counter.line(), 1, call), LimiterSettings.UNBOUNDED);
    call.cancel(false);
    assertThat(counter.waiters()).isEqualTo(1);
    counter.free(1);
    assertThat(call).isCancelled();
    assertThat(counter.left()).isEqualTo(1);
  }
}
