package io.asynctools.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.testkit.Request.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Where user code runs, and what it cannot do to others. */
interface DeliveryPromises extends WaiterHooks {

  /**
   * Futures of waiters complete, and their calls start, on the limiter's executor.
   *
   * <p>Promises: All 7.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 7: futures of waiters complete on the limiter's executor")
  default Stream<DynamicTest> waitersHearOfItOnTheExecutor() {
    return Stream.of(Form.values())
        .map(
            form ->
                DynamicTest.dynamicTest(
                    form.toString(),
                    () -> {
                      ManualTime executor = new ManualTime();
                      Trial it = Trial.of(this, 1, settings -> settings.withExecutor(executor));
                      CompletableFuture<Permit> held = it.limiter.acquire();
                      it.settle();
                      executor.runTasks();
                      Request waiter = Request.of(it, form, 1);
                      Request closed = Request.of(it, form, 1);
                      it.settle();
                      Trial.isGranted(held, "a request for a free permit");
                      it.free(held.join(), 1);
                      assertThat(waiter.isGranted())
                          .as("a waiter must not be granted before the executor runs")
                          .isFalse();
                      executor.runTasks();
                      assertThat(waiter.isGranted())
                          .as("a waiter must be granted by a task of the executor")
                          .isTrue();
                      it.close();
                      assertThat(closed.future())
                          .as("a waiter must not fail before the executor runs")
                          .isNotDone();
                      executor.runTasks();
                      ClosingPromises.failedAsClosed(closed.future());
                    }));
  }

  /**
   * Never under a lock; while a callback runs, others can use the limiter.
   *
   * <p>Promises: All 7.
   */
  @Test
  @DisplayName("All 7: a callback runs under no lock of the limiter")
  default void aCallbackRunsUnderNoLock() {
    Trial it = inPlace(1);
    final Permit held = it.take(1);
    AtomicBoolean othersGotThrough = new AtomicBoolean();
    CompletableFuture<Void> heard =
        it.limiter
            .acquire()
            .thenAccept(
                permit -> {
                  CountDownLatch through = new CountDownLatch(1);
                  Aside.start(
                      this,
                      () -> {
                        CompletableFuture<Permit> other = it.limiter.acquire();
                        other.cancel(false);
                        it.limiter.tryAcquire();
                        it.limiter.isIdle();
                        through.countDown();
                        return through;
                      });
                  othersGotThrough.set(opened(through));
                });
    it.settle();
    it.free(held, 1);
    Trial.isGranted(heard, "request 'heard'");
    assertThat(othersGotThrough)
        .as("another thread must be able to use the limiter while a callback runs")
        .isTrue();
  }

  /**
   * 100 000 waiters granted one by the other, in place, deepen no stack.
   *
   * <p>Promises: All 7.
   */
  @Test
  @DisplayName("All 7: 100 000 waiters that are granted one by another deepen no stack")
  default void manyGrantsDeepenNoStack() {
    Trial it = inPlace(1);
    final Permit held = it.take(1);
    Depth depth = new Depth();
    for (int i = 0; i < Depth.MANY; i++) {
      int number = i;
      CompletableFuture<?> asked =
          i % 2 == 0
              ? it.limiter
                  .acquire()
                  .thenAccept(
                      permit -> {
                        depth.reached(number);
                        permit.release();
                      })
              : it.limiter.execute(
                  () -> {
                    depth.reached(number);
                    return completedFuture(number);
                  });
      assertThat(asked.isDone())
          .as("request %s must wait while the 1 permit is out", number)
          .isFalse();
    }
    it.settle();
    it.free(held, 1);
    it.comeBack(Depth.MANY - 1);
    depth.check();
  }

  /**
   * 100 000 waiters failed at once, in place, deepen no stack.
   *
   * <p>Promises: All 7.
   */
  @Test
  @DisplayName("All 7: 100 000 waiters that fail at once deepen no stack")
  default void manyFailuresDeepenNoStack() {
    Trial it = inPlace(1);
    it.take(1);
    Depth depth = new Depth();
    List<CompletableFuture<Permit>> line = new ArrayList<>();
    List<CompletableFuture<Permit>> late = new ArrayList<>();
    for (int i = 0; i < Depth.MANY; i++) {
      int number = i;
      CompletableFuture<Permit> waiter = it.limiter.acquire();
      line.add(waiter);
      CompletableFuture<Boolean> told =
          waiter.handle(
              (permit, closed) -> {
                depth.reached(number);
                return late.add(it.limiter.acquire()); // which must not start it over
              });
      assertThat(told.isDone())
          .as("request %s must wait while the 1 permit is out", number)
          .isFalse();
    }
    it.settle();
    it.close();
    assertThat(line)
        .as("%s waiters must fail when the limiter closes", Depth.MANY)
        .allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(late)
        .as("%s requests after close must fail", Depth.MANY)
        .hasSize(Depth.MANY)
        .allMatch(CompletableFuture::isCompletedExceptionally);
    depth.check();
    it.hasWaiters(0);
  }

  /**
   * A callback that throws delays nobody.
   *
   * <p>Promises: All 7.
   */
  @Test
  @DisplayName("All 7: a callback that throws delays no other waiter")
  default void aCallbackThatThrowsDelaysNobody() {
    for (Trial it : List.of(Trial.of(this, 1), inPlace(1))) {
      final Permit held = it.take(1);
      CompletableFuture<Void> thrower =
          it.limiter
              .acquire()
              .thenAccept(
                  permit -> {
                    permit.release();
                    throw new AssertionError("thrown by a callback");
                  });
      CompletableFuture<Object> throwingCall =
          it.limiter.execute(
              () -> {
                throw new AssertionError("thrown by a call");
              });
      CompletableFuture<Permit> next = it.limiter.acquire();
      it.settle();
      it.free(held, 1);
      it.comeBack(2);
      assertThat(thrower)
          .as("a callback that throws must fail its own stage")
          .isCompletedExceptionally();
      assertThat(throwingCall)
          .as("a call that throws must fail its own future")
          .isCompletedExceptionally();
      Trial.isGranted(next, "request 'next'");
    }
  }

  /**
   * A callback that blocks delays no other waiter; each hears of it by a task of its own.
   *
   * <p>Promises: All 7.
   */
  @Test
  @DisplayName("All 7: a callback that blocks delays no other waiter")
  default void aCallbackThatBlocksDelaysNobody() {
    ExecutorService threads = Executors.newFixedThreadPool(2, Aside::daemon);
    try {
      Trial it = Trial.of(this, 2, settings -> settings.withExecutor(threads));
      List<Permit> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        CompletableFuture<Permit> permit = it.limiter.acquire();
        it.settle();
        Aside.await(patience(), "a request for a free permit", permit::isDone);
        held.add(permit.join());
      }
      CountDownLatch block = new CountDownLatch(1);
      CompletableFuture<Boolean> blocked = it.limiter.acquire().thenApply(permit -> opened(block));
      CompletableFuture<Permit> next = it.limiter.acquire();
      it.settle();
      held.forEach(permit -> it.free(permit, 1));
      Aside.await(
          patience(),
          "the grant of one behind a callback that blocks",
          () -> {
            it.settle();
            return next.isDone();
          });
      Trial.waits(blocked, "the blocked callback");
      block.countDown();
      Aside.await(patience(), "the callback that blocked", blocked::isDone);
      assertThat(blocked)
          .as("the call's own value must come out of its future")
          .isCompletedWithValue(true);
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean opened(CountDownLatch latch) {
    try {
      return latch.await(patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  /**
   * An executor that rejects loses no grant and no failure: told on the thread at hand.
   *
   * <p>Promises: All 7.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 7: an executor that rejects loses no grant and no failure")
  default Stream<DynamicTest> anExecutorThatRejectsLosesNothing() {
    return Stream.of(Form.values())
        .map(
            form ->
                DynamicTest.dynamicTest(
                    form.toString(),
                    () -> {
                      Trial it =
                          Trial.of(
                              this,
                              1,
                              settings ->
                                  settings.withExecutor(
                                      task -> {
                                        throw new RejectedExecutionException("shut down");
                                      }));
                      final Permit held = it.take(1);
                      Request waiter = Request.of(it, form, 1);
                      Request closed = Request.of(it, form, 1);
                      it.settle();
                      it.free(held, 1);
                      assertThat(waiter.isGranted())
                          .as("an executor that rejects must lose 0 grants")
                          .isTrue();
                      it.close();
                      ClosingPromises.failedAsClosed(closed.future());
                    }));
  }

  private Trial inPlace(long permits) {
    return Trial.of(this, permits, settings -> settings.withExecutor(Runnable::run));
  }
}
