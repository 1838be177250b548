package io.asynctools.proof.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** What clients do to a limiter in a simulation, and what must hold meanwhile. */
abstract class Scenario {
  private static final int REMEMBERED = 40;

  /** A future that somebody waits for. */
  private record Promised(String what, CompletableFuture<?> future) {}

  final World world;
  final Random random;
  private AssertionError broken;
  private final boolean dense; // much happens in little time
  private final Deque<String> journal = new ArrayDeque<>();
  private final List<Promised> promised = new ArrayList<>();
  private int depth; // of acts inside callbacks

  Scenario(World world) {
    this.world = world;
    this.random = world.random();
    this.dense = random.nextInt(4) == 0;
  }

  /** Some client does something. */
  abstract void act();

  /** What must hold at every step. */
  void check() {}

  /** What must hold besides when nothing is under way. */
  void checkAtRest() {}

  /**
   * Ends what runs and is held, so that what waits can go on; false if there is nothing. Called
   * until all have heard.
   */
  abstract boolean letGo();

  /** What must hold once all have heard and nothing is held. */
  abstract void checkAtEnd();

  // ---- For the scenarios

  final void note(String event) {
    if (journal.size() == REMEMBERED) {
      journal.removeFirst();
    }
    journal.add(world.now() + " ns: " + event);
  }

  final <T> CompletableFuture<T> promise(String what, CompletableFuture<T> future) {
    promised.add(new Promised(what, future));
    return future;
  }

  /** Kept besides being thrown: in a callback or a listener it would go no further. */
  final void require(boolean holds, String promise, Object... values) {
    if (!holds) {
      AssertionError error = new AssertionError(String.format(promise, values));
      broken = broken == null ? error : broken;
      throw error;
    }
  }

  /** One of a list, or null if it is empty. */
  final <T> T any(List<T> list) {
    return list.isEmpty() ? null : list.get(random.nextInt(list.size()));
  }

  /** How long things take: mostly short, sometimes very; in some scenarios, always short. */
  final long someNanos() {
    return dense ? random.nextInt(1_000_000) : anyNanos();
  }

  private long anyNanos() {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1, 2 -> random.nextInt(1_000);
      case 3, 4, 5 -> random.nextInt(10_000_000);
      case 6, 7, 8 -> random.nextInt(1_000_000_000);
      default -> random.nextInt(600) * 1_000_000_000L;
    };
  }

  /** What somebody does in a callback: something, or it crashes, or both, or nothing. */
  final void callback() {
    if (depth < 3 && random.nextInt(3) == 0) {
      depth++;
      try {
        act();
      } finally {
        depth--;
      }
    }
    if (random.nextInt(20) == 0) {
      throw new Crash("a callback that throws");
    }
  }

  /** Ends what somebody waits for in one of the ways there are; whether that was in time. */
  final boolean endFromOutside(CompletableFuture<String> future) {
    return switch (random.nextInt(3)) {
      case 0 -> future.completeExceptionally(new TimeoutException());
      case 1 -> future.complete("enough");
      default -> future.cancel(true);
    };
  }

  // ---- For the simulation

  /** Throws what was found wrong first, wherever that was. */
  final void throwIfBroken() {
    if (broken != null) {
      throw broken;
    }
  }

  final String journal() {
    return String.join("\n  ", journal);
  }

  /** Whether somebody has not heard yet; those who have are struck out. */
  final boolean someWait() {
    promised.removeIf(each -> each.future.isDone());
    return !promised.isEmpty();
  }

  final String whoWait() {
    return promised.size() + " of them, first: " + promised.get(0).what;
  }
}
