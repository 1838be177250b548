package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.strangers.InContext;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promises: All 7. */
@Tag("unit")
class LibraryThreadsTest {
  private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();
  private final Executor pool = LimiterEnvironment.system().executor();

  @Test
  void aTimersThreadIsADaemonThatBelongsToNobody() throws Exception {
    assertBelongsToNobody("async-tools-timer-", task -> TimeSource.system().schedule(task, 0));
  }

  @Test
  void aPoolsThreadIsADaemonThatBelongsToNobody() throws Exception {
    assertBelongsToNobody("async-tools-", pool);
  }

  @Test
  void thePoolHasAtLeastTwoThreads() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    CompletableFuture<Void> one = CompletableFuture.runAsync(() -> await(both), pool);
    CompletableFuture<Void> other = CompletableFuture.runAsync(() -> await(both), pool);

    CompletableFuture.allOf(one, other).get(1, TimeUnit.MINUTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 20})
  void aTaskRunsThoughOthersBlockThePool(int timesProcessors) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    for (int i = 0; i < timesProcessors * Runtime.getRuntime().availableProcessors(); i++) {
      pool.execute(() -> await(end));
    }
    try {
      CompletableFuture.runAsync(() -> {}, pool).get(1, TimeUnit.MINUTES);
    } finally {
      end.countDown();
    }
  }

  @Test
  @Tag("slow")
  void aBurstOfShortTasksStartsFewThreads() throws Exception {
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    CountDownLatch ran = new CountDownLatch(100_000);
    for (int i = 0; i < 100_000; i++) {
      pool.execute(
          () -> {
            used.add(Thread.currentThread());
            ran.countDown();
          });
    }

    assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();

    // The usual number, and one step of growth if other programs held up two checks in a row.
    assertThat(used).hasSizeLessThanOrEqualTo(Runtime.getRuntime().availableProcessors() + 18);
  }

  @Test
  void aTaskThatThrowsEndsNeitherTimerNorPool() throws Exception {
    CompletableFuture<Void> timerRan = new CompletableFuture<>();
    TimeSource.system()
        .schedule(
            () -> {
              throw new IllegalStateException("on purpose");
            },
            0);
    TimeSource.system().schedule(() -> timerRan.complete(null), 0);

    timerRan.get(1, TimeUnit.MINUTES);
  }

  @Test
  void aTimerThatWasCalledOffDoesNotRun() throws Exception {
    CompletableFuture<Void> ran = new CompletableFuture<>();
    TimeSource.Cancellable timer =
        TimeSource.system().schedule(() -> ran.complete(null), TimeUnit.DAYS.toNanos(1));

    assertThat(timer.cancel()).isTrue();
    assertThat(timer.cancel()).isFalse();
    assertThat(ran).isNotDone();
  }

  @Test
  void aTimerThatHasRunCannotBeCalledOff() throws Exception {
    CompletableFuture<Void> later = new CompletableFuture<>();
    TimeSource.Cancellable timer = TimeSource.system().schedule(() -> {}, Long.MIN_VALUE);
    TimeSource.system().schedule(() -> later.complete(null), 0); // one thread, in order

    later.get(1, TimeUnit.MINUTES);

    assertThat(timer.cancel()).isFalse();
  }

  @Test
  @Tag("slow")
  void timerAndPoolAreGoneWhenIdle() throws Exception {
    CompletableFuture<Thread> timer = new CompletableFuture<>();
    TimeSource.system().schedule(() -> timer.complete(Thread.currentThread()), 0);
    Thread pooled = CompletableFuture.supplyAsync(Thread::currentThread, pool).get();

    timer.get().join(TimeUnit.SECONDS.toMillis(30));
    pooled.join(TimeUnit.SECONDS.toMillis(30));

    assertThat(timer.get().isAlive()).isFalse();
    assertThat(pooled.isAlive()).isFalse();
    assertThat(threads()).noneMatch(name -> name.startsWith("async-tools-timer"));
  }

  @Test
  @Tag("slow")
  void theyComeBackWhenNeeded() throws Exception {
    timerAndPoolAreGoneWhenIdle();

    timerAndPoolAreGoneWhenIdle();
  }

  private static void assertBelongsToNobody(String name, Executor threads) throws Exception {
    try (URLClassLoader application = new URLClassLoader(new URL[0])) {
      INHERITABLE.set("the application's");
      CompletableFuture<Void> seen = new CompletableFuture<>();
      InContext.of(
          application,
          () -> {
            threads.execute(
                () -> {
                  try {
                    Thread thread = Thread.currentThread();
                    assertThat(thread.getName()).startsWith(name);
                    assertThat(thread.isDaemon()).isTrue();
                    assertThat(thread.getContextClassLoader()).isNull();
                    assertThat(INHERITABLE.get()).isNull();
                    seen.complete(null);
                  } catch (Throwable e) {
                    seen.completeExceptionally(e);
                  }
                });
            return null;
          });
      seen.get(1, TimeUnit.MINUTES);
    } finally {
      INHERITABLE.remove();
    }
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
  }
}
