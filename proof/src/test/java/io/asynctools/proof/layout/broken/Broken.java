package io.asynctools.proof.layout.broken;

import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.UserCode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Logger;

/** Classes that break a rule each, in each way that the rule is about. */
public final class Broken {
  private Broken() {}

  /** Shows its callers what is for authors. */
  public static final class ShowsTheSpi {
    private final LimiterSettings settings;

    private ShowsTheSpi(LimiterSettings settings) {
      this.settings = settings;
    }

    public Supplier<List<LimiterConfig>> shown() {
      return List::of;
    }

    public void takes(LimiterConfig config) {}

    public static void allowed(LimiterConfig config) {}

    LimiterSettings notShown() {
      return settings;
    }
  }

  /** Holds the caller's thread. */
  public static final class Blocks {
    private final CompletableFuture<String> future = new CompletableFuture<>();

    Runnable joins() {
      return future::join;
    }

    String gets() throws Exception {
      return future.get(1, TimeUnit.SECONDS);
    }

    void sleeps() throws InterruptedException {
      Thread.sleep(1);
    }

    void awaits(CountDownLatch latch) throws InterruptedException {
      latch.await();
    }
  }

  /** Has threads of its own. */
  public static final class MakesThreads {
    void one() {
      new Thread(() -> {}).start();
    }

    void many() {
      Executors.newCachedThreadPool();
    }
  }

  /** Takes what belongs to the application. */
  public static final class UsesTheCommonPool {
    CompletableFuture<Void> runs() {
      return CompletableFuture.runAsync(() -> {});
    }

    CompletableFuture<String> goesOn(CompletableFuture<String> future) {
      return future.thenApplyAsync(text -> text);
    }

    CompletableFuture<String> timesOut(CompletableFuture<String> future) {
      return future.orTimeout(1, TimeUnit.SECONDS);
    }

    long counts(List<String> texts) {
      return texts.parallelStream().count();
    }

    CompletableFuture<Void> allowed() {
      return CompletableFuture.runAsync(() -> {}, Runnable::run);
    }
  }

  /** Has others wait for one that was put to sleep. */
  public static final class Locks {
    private final ReentrantLock lock = new ReentrantLock();

    void locks() {
      lock.lock();
    }
  }

  /** Believes the clock on the wall. */
  public static final class AsksAWallClock {
    long millis() {
      return System.currentTimeMillis();
    }

    Instant now() {
      return Instant.now();
    }
  }

  /** Cannot be tested by hand. */
  public static final class AsksTheSystemsClock {
    long now() {
      return System.nanoTime();
    }
  }

  /** Keeps something for each of a million threads. */
  public static final class KeepsSomethingInThreads {
    private final ThreadLocal<String> kept = ThreadLocal.withInitial(() -> "");

    String kept() {
      return kept.get();
    }
  }

  /** Talks past the application's logging. */
  public static final class Prints {
    void prints() {
      System.err.println("here");
    }

    void traces(Exception e) {
      e.printStackTrace();
    }

    void logs() {
      Logger.getLogger("a").info("here");
    }
  }

  /** Trusts what it was given. */
  public static final class CallsUserCodeAsItIs {
    private final UserCode guard = new UserCode("a predicate", "broken");

    boolean unguarded(Predicate<String> users) {
      return users.test("a");
    }

    boolean guarded(Predicate<String> users) {
      return guard.ask(() -> users.test("a"), false);
    }
  }
}
