package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/** A request by {@code acquire}, or by {@code execute} for a call that does not end by itself. */
final class Request {
  /** The forms in which a request can be made. */
  enum Form {
    ACQUIRE,
    EXECUTE
  }

  private final Trial it;
  private final long permits;
  private final CompletableFuture<? extends @Nullable Object> future;
  private final @Nullable CompletableFuture<Permit> permit;
  private final CompletableFuture<String> running = new CompletableFuture<>();
  private volatile boolean started;

  private Request(Trial it, Form form, long permits) {
    this.it = it;
    this.permits = permits;
    switch (form) {
      case ACQUIRE -> {
        permit = it.limiter.acquire(permits);
        future = permit;
      }
      default -> {
        permit = null;
        future =
            it.limiter.execute(
                permits,
                () -> {
                  started = true;
                  return running;
                });
      }
    }
  }

  static Request of(Trial it, Form form, long permits) {
    return new Request(it, form, permits);
  }

  /** Runs a test for every form of request and every way of ending one. */
  static Stream<DynamicTest> inEveryWay(BiConsumer<Form, Ending> test) {
    return Stream.of(Form.values())
        .flatMap(
            form ->
                Stream.of(Ending.values())
                    .map(
                        ending ->
                            DynamicTest.dynamicTest(
                                form + " ended by " + ending, () -> test.accept(form, ending))));
  }

  CompletableFuture<? extends @Nullable Object> future() {
    return future;
  }

  /** Ends the request from outside, and waits until that is so. */
  void end(Ending ending, Duration patience) {
    ending.end(future);
    Aside.await(patience, "a future to be ended by " + ending, future::isDone);
  }

  boolean isGranted() {
    return started || (permit != null && permit.isDone() && !permit.isCompletedExceptionally());
  }

  /** What was granted comes back. */
  void free() {
    assertThat(isGranted()).as("a waiter must be granted once its permit has come back").isTrue();
    if (permit != null) {
      it.free(permit.join(), permits);
    } else {
      running.complete("over");
      it.comeBack(permits);
    }
  }
}
