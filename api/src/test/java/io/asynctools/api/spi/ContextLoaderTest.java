package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.ToyLine.Counter;
import io.asynctools.api.strangers.InContext;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The caller's context class loader is the caller's code's, also after a wait.
 *
 * <p>Promises: All 7.
 */
@Tag("unit")
class ContextLoaderTest {
  private final ClassLoader callers = new URLClassLoader(new URL[0]);
  private final ClassLoader threads = new URLClassLoader(new URL[0]);
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Counter limiter = new Counter(1, tasks::add);

  @Test
  void aCallThatWaitedStartsWithItsCallersLoader() throws Exception {
    limiter.tryAcquire();
    CompletableFuture<ClassLoader> seen =
        InContext.of(
            callers,
            () ->
                limiter.execute(() -> CompletableFuture.completedFuture(ContextLoader.current())));

    deliverOnAThreadWithALoaderOfItsOwn();

    assertThat(seen).isCompletedWithValue(callers);
  }

  @Test
  void aCallThatWaitedWithoutALoaderStartsWithoutOne() throws Exception {
    limiter.tryAcquire();
    CompletableFuture<Boolean> none =
        InContext.of(
            null,
            () ->
                limiter.execute(
                    () -> CompletableFuture.completedFuture(ContextLoader.current() == null)));

    deliverOnAThreadWithALoaderOfItsOwn();

    assertThat(none).isCompletedWithValue(true);
  }

  @Test
  void aDependentOfAnAcquireThatWaitedRunsWithItsCallersLoader() throws Exception {
    limiter.tryAcquire();
    CompletableFuture<ClassLoader> seen =
        InContext.of(callers, () -> limiter.acquire().thenApply(permit -> ContextLoader.current()));

    deliverOnAThreadWithALoaderOfItsOwn();

    assertThat(seen).isCompletedWithValue(callers);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDependentOfARejectionAfterAWaitRunsWithItsCallersLoader(boolean ofACall) throws Exception {
    limiter.tryAcquire();
    CompletableFuture<ClassLoader> seen =
        InContext.of(
            callers,
            () -> waiting(limiter, ofACall).handle((value, error) -> ContextLoader.current()));

    InContext.of(
        threads,
        () -> {
          limiter.close();
          tasks.remove().run();
          return null;
        });

    assertThat(seen).isCompletedWithValue(callers);
  }

  @Test
  void anExecutorThatRunsInPlaceGetsItsLoaderBack() throws Exception {
    Counter inPlace = new Counter(1, Runnable::run);
    inPlace.tryAcquire();
    CompletableFuture<ClassLoader> seen =
        InContext.of(callers, () -> inPlace.acquire().thenApply(permit -> ContextLoader.current()));

    ClassLoader after =
        InContext.of(
            threads,
            () -> {
              inPlace.free(1);
              return ContextLoader.current();
            });

    assertThat(seen).isCompletedWithValue(callers);
    assertThat(after).isSameAs(threads);
  }

  @Test
  void theThreadsLoaderIsRestoredIfTheActionSetsAnother() throws Exception {
    ClassLoader after =
        InContext.of(
            threads,
            () -> {
              ContextLoader.run(callers, () -> Thread.currentThread().setContextClassLoader(null));
              return ContextLoader.current();
            });

    assertThat(after).isSameAs(threads);
  }

  @Test
  void theThreadsLoaderIsRestoredIfTheActionThrows() throws Exception {
    ClassLoader after =
        InContext.of(
            threads,
            () -> {
              assertThatThrownBy(
                      () ->
                          ContextLoader.run(
                              callers,
                              () -> {
                                throw new IllegalStateException("on purpose");
                              }))
                  .hasMessage("on purpose");
              return ContextLoader.current();
            });

    assertThat(after).isSameAs(threads);
  }

  @Test
  void aThreadThatRefusesALoaderRunsTheActionAllTheSame() throws Exception {
    boolean[] ran = {false};
    Thread stubborn =
        new Thread(() -> ContextLoader.run(callers, () -> ran[0] = true)) {
          @Override
          public void setContextClassLoader(ClassLoader loader) {
            throw new SecurityException("on purpose");
          }
        };
    stubborn.start();
    stubborn.join();

    assertThat(ran[0]).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"granted", "cancelled", "rejected"})
  void aWaiterWhoseWaitIsOverHoldsNoLoader(String end) throws Exception {
    limiter.tryAcquire();
    ReferenceQueue<ClassLoader> cleared = new ReferenceQueue<>();
    WeakReference<ClassLoader> loader;
    CompletableFuture<?> future;
    try (URLClassLoader application = new URLClassLoader(new URL[0])) {
      loader = new WeakReference<>(application, cleared);
      future = InContext.of(application, limiter::acquire);
    }

    switch (end) {
      case "granted" -> deliverOnAThreadWithALoaderOfItsOwn();
      case "cancelled" -> future.cancel(false);
      default -> {
        limiter.close();
        tasks.remove().run();
      }
    }

    assertThat(future).isDone();
    for (int tries = 0; tries < 100 && loader.get() != null; tries++) {
      System.gc();
      cleared.remove(50);
    }
    assertThat(loader.get()).isNull();
    assertThat(future).isDone(); // still reachable
  }

  private static CompletableFuture<?> waiting(AsyncRateLimiter limiter, boolean ofACall) {
    return ofACall
        ? limiter.execute(() -> CompletableFuture.completedFuture("started"))
        : limiter.acquire();
  }

  private void deliverOnAThreadWithALoaderOfItsOwn() throws Exception {
    ClassLoader after =
        InContext.of(
            threads,
            () -> {
              limiter.free(1);
              tasks.remove().run();
              return ContextLoader.current();
            });
    assertThat(after).isSameAs(threads);
  }
}
