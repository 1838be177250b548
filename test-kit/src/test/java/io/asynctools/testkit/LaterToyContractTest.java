package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The second toy keeps what every limiter promises, with answers that come later. */
@Tag("unit")
class LaterToyContractTest extends WaitingLimiterContract {
  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    return new LaterToy(settings, permits, time);
  }

  @Override
  public boolean answersLater() {
    return true;
  }

  /**
   * The grant under way when its waiter leaves goes to the next, which is asked for anew.
   *
   * <p>Promises: All 3.
   */
  @Test
  void aGrantUnderWayToOneWhoLeftGoesToTheNext() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<Permit> leaver = it.limiter.acquire();
    CompletableFuture<Permit> next = it.limiter.acquire();
    leaver.cancel(false);
    it.settle();
    assertThat(next).isCompleted();
    assertThat(it.attempt(1)).isEmpty();
  }

  /**
   * A grant under way when the limiter closes goes back.
   *
   * <p>Promises: All 10.
   */
  @Test
  void aGrantUnderWayAtCloseGoesBack() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<Permit> waiter = it.limiter.acquire();
    it.limiter.close();
    it.settle();
    assertThat(Trial.failure(waiter)).isInstanceOf(LimiterClosedException.class);
    assertThat(((LaterToy) it.limiter).idle()).as("all permits are back elsewhere").isTrue();
  }

  /** A release that overtakes an older no on its way is not lost: the head asks again. */
  @Test
  void aReleaseThatOvertakesANoIsNotLost() {
    Trial it = Trial.of(this, 1);
    Permit held = it.take(1);
    CompletableFuture<Permit> waiter = it.limiter.acquire(); // the question is out,
    held.release(); // the release follows it, and both get there before an answer is back
    it.settle();
    assertThat(waiter).isCompleted();
  }

  /** The same rule, on a real other thread: as many inside as may be, and everyone gets in. */
  @Test
  void aRealOtherThreadMayAnswer() {
    ExecutorService elsewhere = Executors.newSingleThreadExecutor(Aside::daemon);
    ExecutorService callbacks = Executors.newFixedThreadPool(2, Aside::daemon);
    try {
      ManualTime time = new ManualTime();
      LimiterSettings settings = new LimiterSettings("toy", time, callbacks, null, 10_000);
      LaterToy limiter = new LaterToy(settings, 3, elsewhere);
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      List<CompletableFuture<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        int number = i;
        calls.add(
            limiter.execute(
                1 + i % 3,
                () -> {
                  int weight = 1 + number % 3;
                  most.accumulateAndGet(inside.addAndGet(weight), Math::max);
                  return CompletableFuture.supplyAsync(
                      () -> {
                        inside.addAndGet(-weight);
                        return number;
                      },
                      callbacks);
                }));
      }
      for (int i = 0; i < calls.size(); i++) {
        CompletableFuture<Integer> call = calls.get(i);
        Aside.await(patience(), "call " + i, call::isDone);
        assertThat(call).isCompletedWithValue(i);
      }
      assertThat(most.get()).isBetween(1, 3);
      Aside.await(patience(), "idleness", limiter::isIdle);
    } finally {
      elsewhere.shutdownNow();
      callbacks.shutdownNow();
    }
  }
}
