package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The blocking forms, on a thread of their own, where they need not wait for a permit. */
interface BlockingPromises extends LimiterHooks {

  /**
   * A call runs on the caller's own thread, and gives what it gives.
   *
   * <p>Promises: All 11.
   */
  @Test
  @DisplayName("All 11: call() runs the call on its caller's thread and returns its value")
  default void aBlockingCallRunsOnTheCallersThread() {
    Trial it = Trial.impatient(this, 1);
    AtomicReference<@Nullable Thread> ran = new AtomicReference<>();
    Aside<String> caller =
        Aside.start(
            this,
            () ->
                it.limiter.call(
                    () -> {
                      ran.set(Thread.currentThread());
                      return "value";
                    }));
    assertThat(caller.end(it))
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("value");
    assertThat(ran.get()).as("the call must run on its caller's thread").isSameAs(caller.thread());
    it.comeBack(1);
    it.admits(1);
  }

  /**
   * A call's own exception comes out unwrapped, and the permit ends.
   *
   * <p>Promises: All 6, All 11.
   */
  @Test
  @DisplayName(
      "All 6, All 11: call() throws the call's own exception, unwrapped, and returns the permit")
  default void aBlockingCallsOwnExceptionComesOutUnwrapped() {
    Trial it = Trial.impatient(this, 1);
    for (Exception own : List.of(new IOException("checked"), new IllegalStateException("not"))) {
      Callable<Object> call =
          () -> {
            throw own;
          };
      Aside<Object> caller = Aside.start(this, () -> it.limiter.call(call::call));
      assertThat(Trial.failure(caller.end(it)))
          .as("the failure must be the one instance that was thrown")
          .isSameAs(own);
      it.comeBack(1);
    }
    it.admitsExactly(1);
  }

  /**
   * An {@code Error} too.
   *
   * <p>Promises: All 6, All 11.
   */
  @Test
  @DisplayName(
      "All 6, All 11: call() throws the call's own Error, unwrapped, and returns the permit")
  default void aBlockingCallsErrorComesOutUnwrapped() {
    Trial it = Trial.impatient(this, 1);
    Error own = new AssertionError("of the call");
    Aside<Object> caller =
        Aside.start(
            this,
            () ->
                it.limiter.call(
                    1,
                    () -> {
                      throw own;
                    }));
    assertThat(Trial.failure(caller.end(it)))
        .as("the failure must be the one instance that was thrown")
        .isSameAs(own);
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * A thread that is interrupted at entry gets nothing and takes nothing.
   *
   * <p>Promises: All 11.
   */
  @Test
  @DisplayName("All 11: a thread that is interrupted at entry takes no permit")
  default void anInterruptedThreadIsTurnedAwayAtEntry() {
    Trial it = Trial.of(this, 1);
    AtomicInteger called = new AtomicInteger();
    List<Callable<Object>> forms =
        List.of(
            () -> it.limiter.acquireBlocking(),
            () -> it.limiter.acquireBlocking(1, Trial.LONG),
            () -> it.limiter.call(called::incrementAndGet),
            () -> it.limiter.call(1, called::incrementAndGet));
    for (Callable<Object> form : forms) {
      Aside<Object> caller =
          Aside.start(
              this,
              () -> {
                Thread.currentThread().interrupt();
                try {
                  return form.call();
                } catch (InterruptedException e) {
                  assertThat(Thread.currentThread().isInterrupted())
                      .as("an InterruptedException must clear the interrupt that it reports")
                      .isFalse();
                  throw e;
                }
              });
      assertThat(Trial.failure(caller.end(it)))
          .as("the failure must be of type InterruptedException")
          .isInstanceOf(InterruptedException.class);
    }
    assertThat(called).as("0 calls must start without a permit").hasValue(0);
    it.admitsExactly(1);
  }

  /** A permit for blocking code is a permit like any other. */
  @Test
  @DisplayName("API: acquireBlocking returns a free permit at once")
  default void aBlockingAcquireGivesThePermitThatIsThere() {
    Trial it = Trial.impatient(this, 2);
    CompletableFuture<Permit> first = Aside.start(this, it.limiter::acquireBlocking).end(it);
    CompletableFuture<Permit> second =
        Aside.start(this, () -> it.limiter.acquireBlocking(1, Duration.ZERO)).end(it);
    Trial.isGranted(second, "request 'second'");
    it.rejects(1, "all its permits are out");
    it.free(first.join(), 1);
    it.admitsExactly(it.back(1));
  }

  /**
   * A refusal comes out as it is, and the call is not run.
   *
   * <p>Promises: All 8, All 11.
   */
  @Test
  @DisplayName("All 8, All 11: a blocking form that may not wait is rejected at once")
  default void aBlockingFormIsRefusedAtOnce() {
    Trial it = Trial.impatient(this, 1);
    it.take(1);
    AtomicInteger called = new AtomicInteger();
    List<Callable<Object>> forms =
        List.of(
            () -> it.limiter.acquireBlocking(),
            () -> it.limiter.acquireBlocking(1, Duration.ZERO),
            () -> it.limiter.call(called::incrementAndGet),
            () -> it.limiter.call(1, called::incrementAndGet));
    for (Callable<Object> form : forms) {
      Trial.refusal(Aside.<Object>start(this, form).end(it));
    }
    assertThat(called).as("0 calls must start without a permit").hasValue(0);
  }

  /**
   * A closed limiter refuses blocking code by its name.
   *
   * <p>Promises: All 10, All 11.
   */
  @Test
  @DisplayName("All 10, All 11: a closed limiter rejects blocking requests")
  default void aClosedLimiterRefusesBlockingCode() {
    Trial it = Trial.of(this, 1);
    it.close();
    AtomicInteger called = new AtomicInteger();
    Aside<Object> caller = Aside.start(this, () -> it.limiter.call(called::incrementAndGet));
    assertThat(Trial.failure(caller.end(it)))
        .as("the failure must be of type LimiterClosedException")
        .isInstanceOf(LimiterClosedException.class);
    assertThat(called).as("0 calls must start without a permit").hasValue(0);
  }
}
