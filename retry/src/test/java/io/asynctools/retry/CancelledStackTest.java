package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Through retry around breaker around bucket around semaphore: wherever a call awaits something,
 * and whichever layer's future is ended there, the innermost call is ended, every permit comes
 * back, no timer is left and nothing runs afterwards.
 *
 * <p>Promises: All 4, Composition.
 */
@Tag("unit")
class CancelledStackTest {

  /** Where the call is when it is ended. */
  private enum Awaits {
    A_TOKEN(2),
    A_TOKEN_GRANTED_BUT_NOT_DELIVERED(2),
    THE_SEMAPHORE(3),
    THE_SEMAPHORE_GRANTED_BUT_NOT_DELIVERED(3),
    THE_CALL(4),
    THE_NEXT_ATTEMPT(0),
    THE_NEXT_ATTEMPT_DUE_BUT_NOT_STARTED(0),
    THE_SECOND_CALL(4);

    /** The deepest layer that has a future by then: 0 is retry's, 4 the call's own. */
    final int deepest;

    Awaits(int deepest) {
      this.deepest = deepest;
    }
  }

  private enum Ending {
    CANCEL(future -> future.cancel(true)),
    VALUE(future -> future.complete("from outside")),
    TIME_OUT(future -> future.completeExceptionally(new TimeoutException("from outside")));

    final Consumer<CompletableFuture<String>> end;

    Ending(Consumer<CompletableFuture<String>> end) {
      this.end = end;
    }
  }

  /** Four layers by hand, so that each one's future is known, and a call that never ends. */
  private static final class Stack {
    final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_500_000_000);
    final Queue<Runnable> tasks = new ArrayDeque<>(); // run by settle() alone
    final Retry retry =
        Retry.builder()
            .initialDelay(Duration.ofSeconds(1))
            .attemptTimeout(Duration.ofHours(1))
            .totalTimeout(Duration.ofHours(2))
            .timeSource(time)
            .executor(tasks::add)
            .build();
    final CircuitBreaker breaker =
        CircuitBreaker.builder().failureThreshold(3).timeSource(time).executor(tasks::add).build();
    final TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.parse("1/10s"))
            .capacity(2)
            .timeSource(time)
            .executor(tasks::add)
            .build();
    final SemaphoreRateLimiter semaphore =
        SemaphoreRateLimiter.builder(1).timeSource(time).executor(tasks::add).build();

    final List<CompletableFuture<String>> layers =
        new ArrayList<>(Arrays.asList(null, null, null, null, null));
    int starts;

    CompletableFuture<String> start() {
      layers.set(0, retry.execute(this::breakers));
      return layers.get(0);
    }

    private CompletableFuture<String> breakers() {
      return kept(1, breaker.execute(this::buckets));
    }

    private CompletableFuture<String> buckets() {
      return kept(2, bucket.execute(this::semaphores));
    }

    private CompletableFuture<String> semaphores() {
      return kept(3, semaphore.execute(this::call));
    }

    private CompletableFuture<String> call() {
      starts++;
      return kept(4, new CompletableFuture<>());
    }

    private CompletableFuture<String> kept(int layer, CompletableFuture<String> future) {
      layers.set(layer, future);
      return future;
    }

    void settle() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    void halfOpen() {
      breaker.forceOpen();
      time.advance(Duration.ofSeconds(60));
    }
  }

  @TestFactory
  Stream<DynamicTest> whereverItIsEnded() {
    return Stream.of(State.CLOSED, State.HALF_OPEN)
        .flatMap(
            state ->
                Arrays.stream(Awaits.values())
                    .filter(awaits -> state == State.CLOSED || awaits.deepest > 0)
                    .filter(awaits -> state == State.CLOSED || awaits != Awaits.THE_SECOND_CALL)
                    .flatMap(
                        awaits ->
                            Arrays.stream(Ending.values())
                                .flatMap(ending -> layers(state, awaits, ending))));
  }

  private Stream<DynamicTest> layers(State state, Awaits awaits, Ending ending) {
    return Stream.iterate(0, layer -> layer <= awaits.deepest, layer -> layer + 1)
        .filter(layer -> layer == 0 || ending == Ending.CANCEL) // inside, others are outcomes
        .map(
            layer ->
                dynamicTest(
                    state + ", awaiting " + awaits + ", layer " + layer + " ended by " + ending,
                    () -> endsAll(state, awaits, ending, layer)));
  }

  private void endsAll(State state, Awaits awaits, Ending ending, int layer) {
    Stack it = new Stack();
    if (state == State.HALF_OPEN) {
      it.halfOpen();
    }
    @Nullable Permit held = bringTo(it, awaits);
    CompletableFuture<String> result = it.layers.get(0);
    int failuresBefore = it.breaker.failureCount();
    int startsBefore = it.starts;
    long tokensBefore = it.bucket.availableTokens();

    ending.end.accept(it.layers.get(layer));
    it.settle();

    assertThat(result).as("the result").isDone();
    assertThat(result.isCancelled()).isEqualTo(ending == Ending.CANCEL);
    if (awaits.deepest == 4) {
      CompletableFuture<String> call = it.layers.get(4);
      assertThat(call).as("the innermost call").isDone();
      assertThat(call.isCancelled()).isEqualTo(ending != Ending.TIME_OUT);
    }
    boolean counts = ending == Ending.TIME_OUT && awaits.deepest > 0;
    if (state == State.CLOSED) {
      assertThat(it.breaker.failureCount()).isEqualTo(failuresBefore + (counts ? 1 : 0));
      assertThat(it.breaker.state()).isEqualTo(State.CLOSED);
    } else if (counts) {
      assertThat(it.breaker.state()).isEqualTo(State.OPEN);
    } else {
      assertThat(it.breaker.state()).isEqualTo(State.HALF_OPEN);
      assertThat(it.breaker.tryAcquire()).as("the probe's place").isPresent();
    }
    Optional.ofNullable(held).ifPresent(Permit::release);
    it.settle();
    assertThat(it.semaphore.availablePermits()).isEqualTo(1);
    assertThat(it.semaphore.waiters() + it.bucket.waiters()).isZero();
    if (awaits == Awaits.A_TOKEN_GRANTED_BUT_NOT_DELIVERED) {
      assertThat(it.bucket.availableTokens()).as("a token given back").isEqualTo(tokensBefore + 1);
    } else {
      assertThat(it.bucket.availableTokens()).isEqualTo(tokensBefore);
    }
    assertThat(it.time.pending()).as("timers").isZero();

    it.time.advance(Duration.ofDays(1));
    it.settle();
    assertThat(it.starts).as("calls started afterwards").isEqualTo(startsBefore);
    assertThat(it.time.pending()).isZero();
  }

  /** Starts a call and brings it to where it awaits something; gives what has to be released. */
  private static @Nullable Permit bringTo(Stack it, Awaits awaits) {
    switch (awaits) {
      case A_TOKEN -> {
        assertThat(it.bucket.tryAcquire(2)).isPresent();
        it.start();
        assertThat(it.bucket.waiters()).isEqualTo(1);
      }
      case A_TOKEN_GRANTED_BUT_NOT_DELIVERED -> {
        assertThat(it.bucket.tryAcquire(2)).isPresent();
        it.start();
        it.time.advance(Duration.ofSeconds(10));
        assertThat(it.bucket.waiters()).isZero();
      }
      case THE_SEMAPHORE -> {
        Permit held = it.semaphore.tryAcquire().orElseThrow();
        it.start();
        assertThat(it.semaphore.waiters()).isEqualTo(1);
        return held;
      }
      case THE_SEMAPHORE_GRANTED_BUT_NOT_DELIVERED -> {
        Permit held = it.semaphore.tryAcquire().orElseThrow();
        it.start();
        held.release();
        assertThat(it.semaphore.waiters()).isZero();
      }
      case THE_CALL -> {
        it.start();
        assertThat(it.starts).isEqualTo(1);
      }
      case THE_NEXT_ATTEMPT -> failOnce(it);
      case THE_NEXT_ATTEMPT_DUE_BUT_NOT_STARTED -> {
        failOnce(it);
        it.time.advance(Duration.ofSeconds(1));
        assertThat(it.tasks).hasSize(1);
      }
      case THE_SECOND_CALL -> {
        failOnce(it);
        it.time.advance(Duration.ofSeconds(1));
        it.settle();
        assertThat(it.starts).isEqualTo(2);
      }
    }
    return null;
  }

  private static void failOnce(Stack it) {
    it.start();
    it.layers.get(4).completeExceptionally(new IllegalStateException("the first attempt"));
    it.settle();
    assertThat(it.starts).isEqualTo(1);
    assertThat(it.layers.get(0)).isNotDone();
  }
}
