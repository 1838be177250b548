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
                      assertThat(held).as("a permit that is there").isCompleted();
                      it.free(held.join(), 1);
                      assertThat(waiter.isGranted()).as("granted beside the executor").isFalse();
                      executor.runTasks();
                      assertThat(waiter.isGranted()).as("granted on the executor").isTrue();
                      it.close();
                      assertThat(closed.future()).as("failed beside the executor").isNotDone();
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
    assertThat(heard).isCompleted();
    assertThat(othersGotThrough).as("another thread used the limiter meanwhile").isTrue();
  }

  /**
   * 100 000 waiters granted one by the other, in place, deepen no stack.
   *
   * <p>Promises: All 7.
   */
  @Test
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
      assertThat(asked.isDone()).isFalse();
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
      assertThat(told.isDone()).isFalse();
    }
    it.settle();
    it.close();
    assertThat(line).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(late).hasSize(Depth.MANY).allMatch(CompletableFuture::isCompletedExceptionally);
    depth.check();
    assertThat(waiters(it.limiter)).isZero();
  }

  /**
   * A callback that throws delays nobody.
   *
   * <p>Promises: All 7.
   */
  @Test
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
      assertThat(thrower).isCompletedExceptionally();
      assertThat(throwingCall).isCompletedExceptionally();
      assertThat(next).isCompleted();
    }
  }

  /**
   * A callback that blocks delays no other waiter; each hears of it by a task of its own.
   *
   * <p>Promises: All 7.
   */
  @Test
  default void aCallbackThatBlocksDelaysNobody() {
    ExecutorService threads = Executors.newFixedThreadPool(2, Aside::daemon);
    try {
      Trial it = Trial.of(this, 2, settings -> settings.withExecutor(threads));
      List<Permit> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        CompletableFuture<Permit> permit = it.limiter.acquire();
        it.settle();
        Aside.await(patience(), "a permit that is there", permit::isDone);
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
      assertThat(blocked).as("the callback that blocks").isNotDone();
      block.countDown();
      Aside.await(patience(), "the callback that blocked", blocked::isDone);
      assertThat(blocked).isCompletedWithValue(true);
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
                      assertThat(waiter.isGranted()).isTrue();
                      it.close();
                      ClosingPromises.failedAsClosed(closed.future());
                    }));
  }

  private Trial inPlace(long permits) {
    return Trial.of(this, permits, settings -> settings.withExecutor(Runnable::run));
  }
}
