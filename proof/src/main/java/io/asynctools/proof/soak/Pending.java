package io.asynctools.proof.soak;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What is going on: futures that somebody waits for, and what is to be ended later, by whichever
 * thread comes by. Bounded. Thread-safe.
 */
final class Pending {
  private static final int PLACES = 1 << 12;

  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong heard = new AtomicLong();
  private final AtomicReferenceArray<@Nullable Runnable> later = new AtomicReferenceArray<>(PLACES);

  /** Counts a future until it has ended. */
  void follow(CompletableFuture<?> future) {
    begun.incrementAndGet();
    CompletableFuture<?> unused = future.whenComplete((value, error) -> heard.incrementAndGet());
  }

  /** Keeps an ending for later, in the place of another, which happens now. */
  void keep(Runnable ending) {
    run(later.getAndSet(ThreadLocalRandom.current().nextInt(PLACES), ending));
  }

  /** Has some of the endings happen that were kept. */
  void endSome() {
    run(later.getAndSet(ThreadLocalRandom.current().nextInt(PLACES), null));
  }

  void endAll() {
    for (int i = 0; i < PLACES; i++) {
      run(later.getAndSet(i, null));
    }
  }

  private static void run(@Nullable Runnable ending) {
    if (ending != null) {
      ending.run();
    }
  }

  long begun() {
    return begun.get();
  }

  long open() {
    return begun.get() - heard.get();
  }
}
