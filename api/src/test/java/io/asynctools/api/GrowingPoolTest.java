package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A callback that blocks delays no other: the test runs each of the pool's checks itself.
 *
 * <p>Promises: All 7.
 */
@Tag("unit")
class GrowingPoolTest {
  private final BlockingQueue<Runnable> checks = new LinkedBlockingQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Set<Thread> used = ConcurrentHashMap.newKeySet();

  private final TimeSource timer =
      new TimeSource() {
        @Override
        public long nanoTime() {
          return 0;
        }

        @Override
        public Cancellable schedule(Runnable task, long delayNanos) {
          assertThat(delayNanos).isEqualTo(GrowingPool.CHECK_NANOS);
          checks.add(task);
          return () -> false;
        }
      };

  @AfterEach
  void endAll() {
    end.countDown();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 100})
  void aTaskRunsThoughEarlierTasksBlock(int blocked) throws Exception {
    GrowingPool pool = pool(2, 1_000);
    List<CompletableFuture<Void>> started = block(pool, blocked);
    CompletableFuture<Void> unrelated = CompletableFuture.runAsync(() -> {}, pool);
    started.add(unrelated);

    checkUntil(CompletableFuture.allOf(started.toArray(CompletableFuture<?>[]::new)));

    assertThat(used).hasSize(blocked);
  }

  @Test
  void tasksThatWaitForLaterTasksEnd() throws Exception {
    GrowingPool pool = pool(2, 1_000);
    List<CompletableFuture<Void>> later = new ArrayList<>();
    List<CompletableFuture<Void>> earlier = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      CompletableFuture<Void> needed = new CompletableFuture<>();
      later.add(needed);
      earlier.add(CompletableFuture.runAsync(needed::join, pool));
    }
    for (CompletableFuture<Void> needed : later) {
      pool.execute(() -> needed.complete(null));
    }

    checkUntil(CompletableFuture.allOf(earlier.toArray(CompletableFuture<?>[]::new)));
  }

  @Test
  void shortTasksStartNoThreadHoweverManyAreQueued() throws Exception {
    GrowingPool pool = pool(2, 1_000);
    Semaphore go = new Semaphore(0);
    Semaphore gone = new Semaphore(0);
    for (int i = 0; i < 1_000; i++) {
      pool.execute(
          () -> {
            used.add(Thread.currentThread());
            go.acquireUninterruptibly();
            gone.release();
          });
    }

    for (int i = 0; i < 100; i++) {
      nextCheck().run();
      go.release(5); // five end between two checks: more than the two threads
      assertThat(gone.tryAcquire(5, 1, TimeUnit.MINUTES)).isTrue();
    }

    assertThat(used).hasSize(2);
    go.release(1_000);
  }

  @Test
  void onePauseOfAllThreadsStartsNoThread() throws Exception {
    GrowingPool pool = pool(2, 1_000);
    List<CompletableFuture<Void>> started = block(pool, 3);

    nextCheck().run(); // counts
    nextCheck().run(); // finds that none has ended

    CompletableFuture.allOf(started.get(0), started.get(1)).get(1, TimeUnit.MINUTES);
    assertThat(started.get(2)).isNotDone();
  }

  @Test
  void theChecksEndWhenNoTaskIsQueued() throws Exception {
    GrowingPool pool = pool(2, 1_000);
    block(pool, 2);
    CompletableFuture<Void> unrelated = CompletableFuture.runAsync(() -> {}, pool);
    checkUntil(unrelated);

    int more = 0;
    for (Runnable check = nextCheckIfAny(); check != null; check = nextCheckIfAny()) {
      check.run();
      assertThat(++more).isLessThan(10);
    }
  }

  @Test
  void atTheBoundTasksWaitForAThread() throws Exception {
    GrowingPool pool = pool(2, 5);
    List<CompletableFuture<Void>> started = block(pool, 6);
    checkUntil(CompletableFuture.allOf(started.subList(0, 5).toArray(CompletableFuture<?>[]::new)));

    for (int i = 0; i < 6; i++) {
      nextCheck().run();
    }

    assertThat(started.get(5)).isNotDone();
    assertThat(pool).hasToString("GrowingPool[threads=5, queued=1]");
    end.countDown();
    started.get(5).get(1, TimeUnit.MINUTES);
  }

  @Test
  void aTimerThatFailsOnceIsAskedAgain() throws Exception {
    boolean[] fail = {true};
    GrowingPool pool =
        new GrowingPool(
            "pool",
            2,
            1_000,
            new TimeSource() {
              @Override
              public long nanoTime() {
                return 0;
              }

              @Override
              public Cancellable schedule(Runnable task, long delayNanos) {
                if (fail[0]) {
                  throw new OutOfMemoryError("on purpose");
                }
                return timer.schedule(task, delayNanos);
              }
            });
    List<CompletableFuture<Void>> started = block(pool, 3);
    fail[0] = false;
    CompletableFuture<Void> unrelated = CompletableFuture.runAsync(() -> {}, pool);
    started.add(unrelated);

    checkUntil(CompletableFuture.allOf(started.toArray(CompletableFuture<?>[]::new)));
  }

  @Test
  void aLoaderThatATaskLeavesBehindIsGoneWithTheTask() throws Exception {
    GrowingPool pool = pool(1, 1);
    URLClassLoader left = new URLClassLoader(new URL[0]);
    pool.execute(() -> Thread.currentThread().setContextClassLoader(left));

    CompletableFuture<@Nullable ClassLoader> seen =
        CompletableFuture.supplyAsync(() -> Thread.currentThread().getContextClassLoader(), pool);

    assertThat(seen.get(1, TimeUnit.MINUTES)).isNull();
  }

  private GrowingPool pool(int usual, int most) {
    return new GrowingPool("pool", usual, most, timer);
  }

  /** Has tasks block; gives a future for each that completes once it runs. */
  private List<CompletableFuture<Void>> block(GrowingPool pool, int count) {
    List<CompletableFuture<Void>> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CompletableFuture<Void> runs = new CompletableFuture<>();
      started.add(runs);
      pool.execute(
          () -> {
            used.add(Thread.currentThread());
            runs.complete(null);
            try {
              end.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
    }
    return started;
  }

  private @Nullable Runnable nextCheckIfAny() throws InterruptedException {
    return checks.poll(100, TimeUnit.MILLISECONDS);
  }

  private Runnable nextCheck() throws InterruptedException {
    Runnable check = checks.poll(1, TimeUnit.MINUTES);
    assertThat(check).isNotNull();
    return check;
  }

  /** Runs the checks that are due until a future is done. */
  private void checkUntil(CompletableFuture<?> done) throws Exception {
    for (int i = 0; i < 60_000 && !done.isDone(); i++) {
      Runnable check = checks.poll(1, TimeUnit.MILLISECONDS);
      if (check != null) {
        check.run();
      }
    }
    done.get(0, TimeUnit.MILLISECONDS);
  }
}
