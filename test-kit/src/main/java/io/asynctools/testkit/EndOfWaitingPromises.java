package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.testkit.Request.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Closing while some wait, and being idle again when all is over. */
interface EndOfWaitingPromises extends WaiterHooks {

  /**
   * Every waiter fails, no call starts, nobody is left, no timer either.
   *
   * <p>Promises: All 10.
   */
  @Test
  @DisplayName("All 10: close fails every waiter and leaves no timer")
  default void closingFailsEveryWaiter() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> timed = it.limiter.acquire(1, Trial.LONG);
    Request byHand = Request.of(it, Form.ACQUIRE, 1);
    Request call = Request.of(it, Form.EXECUTE, 1);
    it.settle();
    it.close();
    List.of(timed, byHand.future(), call.future()).forEach(ClosingPromises::failedAsClosed);
    assertThat(call.isGranted()).as("0 waiting calls must start when the limiter closes").isFalse();
    it.hasWaiters(0);
    it.hasNoTimers("after close");
    it.free(held, 1);
    it.triesInVain(it.limiter.tryAcquire());
  }

  /**
   * Whoever comes while the limiter closes hears of it, early or late.
   *
   * <p>Promises: All 10.
   */
  @Test
  @DisplayName("All 10: a request that races with close always gets an answer")
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
      it.hasWaiters(0);
      it.hasNoTimers("after close");
    }
  }

  /**
   * A fresh limiter is idle; one with waiters is not; one that is all back is, again.
   *
   * <p>Promises: All 12.
   */
  @Test
  @DisplayName("All 12: a limiter is idle exactly while all permits are back and no request waits")
  default void aLimiterIsIdleAgainWhenAllIsBack() {
    Trial it = Trial.of(this, 1);
    assertThat(it.limiter.isIdle()).as("a fresh limiter must be idle").isTrue();
    Permit held = it.take(1);
    assertThat(it.limiter.isIdle())
        .as("a limiter must not be idle while 1 of 1 permits is out")
        .isFalse();
    CompletableFuture<Permit> waiter = it.limiter.acquire();
    it.settle();
    assertThat(it.limiter.isIdle())
        .as("a limiter must not be idle while 1 request waits")
        .isFalse();
    it.free(held, 1);
    assertThat(it.limiter.isIdle())
        .as("a limiter must not be idle while the waiter has the 1 permit")
        .isFalse();
    Trial.isGranted(waiter, "the waiter");
    it.free(waiter.join(), 1);
    assertThat(it.limiter.isIdle())
        .as("a limiter must be idle again with 1 of 1 permits back")
        .isTrue();
    it.hasNoTimers("with 1 of 1 permits back");
  }
}
