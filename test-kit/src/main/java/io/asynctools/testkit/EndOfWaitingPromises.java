package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.testkit.Request.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Closing while some wait, and being idle again when all is over. */
interface EndOfWaitingPromises extends WaiterHooks {

  /**
   * Every waiter fails, no call starts, nobody is left, no timer either.
   *
   * <p>Promises: All 10.
   */
  @Test
  default void closingFailsEveryWaiter() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> timed = it.limiter.acquire(1, Trial.LONG);
    Request byHand = Request.of(it, Form.ACQUIRE, 1);
    Request call = Request.of(it, Form.EXECUTE, 1);
    it.settle();
    it.close();
    List.of(timed, byHand.future(), call.future()).forEach(ClosingPromises::failedAsClosed);
    assertThat(call.isGranted()).as("a call started").isFalse();
    assertThat(waiters(it.limiter)).isZero();
    assertThat(it.time.pending()).as("timers after close").isZero();
    it.free(held, 1);
    assertThat(it.limiter.tryAcquire()).isEmpty();
  }

  /**
   * Whoever comes while the limiter closes hears of it, early or late.
   *
   * <p>Promises: All 10.
   */
  @Test
  default void nobodyIsForgottenByARacingClose() {
    for (int round = 0; round < 20; round++) {
      Trial it = Trial.of(this, 1);
      it.take(1);
      List<Aside<List<CompletableFuture<Permit>>>> comers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        comers.add(
            Aside.start(
                this,
                () -> {
                  List<CompletableFuture<Permit>> asked = new ArrayList<>();
                  for (int n = 0; n < 100; n++) {
                    asked.add(it.limiter.acquire());
                  }
                  return asked;
                }));
      }
      it.close();
      for (Aside<List<CompletableFuture<Permit>>> comer : comers) {
        List<CompletableFuture<Permit>> asked = comer.end(it).join();
        it.settle();
        asked.forEach(ClosingPromises::failedAsClosed);
      }
      assertThat(waiters(it.limiter)).isZero();
      assertThat(it.time.pending()).as("timers after close").isZero();
    }
  }

  /**
   * A fresh limiter is idle; one with waiters is not; one that is all back is, again.
   *
   * <p>Promises: All 12.
   */
  @Test
  default void aLimiterIsIdleAgainWhenAllIsBack() {
    Trial it = Trial.of(this, 1);
    assertThat(it.limiter.isIdle()).as("fresh").isTrue();
    Permit held = it.take(1);
    assertThat(it.limiter.isIdle()).as("with a permit gone").isFalse();
    CompletableFuture<Permit> waiter = it.limiter.acquire();
    it.settle();
    assertThat(it.limiter.isIdle()).as("with a waiter").isFalse();
    it.free(held, 1);
    assertThat(it.limiter.isIdle()).as("with the waiter granted").isFalse();
    assertThat(waiter).as("the waiter").isCompleted();
    it.free(waiter.join(), 1);
    assertThat(it.limiter.isIdle()).as("with all back").isTrue();
    assertThat(it.time.pending()).as("timers, with all back").isZero();
  }
}
