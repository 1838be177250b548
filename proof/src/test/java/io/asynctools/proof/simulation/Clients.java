package io.asynctools.proof.simulation;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.proof.calls.Work;
import io.asynctools.proof.simulation.Book.Want;
import io.asynctools.proof.simulation.World.HandOver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The clients of one limiter: they try, wait, call, leave in every way, hold permits and end them
 * once or twice, and do all of that in callbacks too, some of which throw. What they see is entered
 * in a {@link Book}.
 */
final class Clients {
  private static final int MOST = 400; // who wait at a time

  private record Held(Permit permit, long permits) {}

  private final Scenario scenario;
  private final World world;
  private final Random random;
  private final AsyncRateLimiter limiter;
  private final Book book;
  private final IntSupplier waiters;
  private final LongSupplier most; // that one may ask for
  private final List<CompletableFuture<?>> open = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private final List<Permit> spent = new ArrayList<>();
  private final List<Work> running = new ArrayList<>();
  private int depth; // of acts inside callbacks

  Clients(
      Scenario scenario,
      AsyncRateLimiter limiter,
      Book book,
      IntSupplier waiters,
      LongSupplier most) {
    this.scenario = scenario;
    this.world = scenario.world;
    this.random = world.random();
    this.limiter = limiter;
    this.book = book;
    this.waiters = waiters;
    this.most = most;
  }

  void act() {
    switch (random.nextInt(12)) {
      case 0, 1 -> attempt();
      case 2, 3, 4 -> acquire();
      case 5, 6 -> execute();
      case 7, 8 -> end();
      case 9 -> finishCall();
      default -> leave();
    }
  }

  private long somePermits() {
    long bound = most.getAsLong();
    return random.nextInt(4) > 0 ? 1 : 1 + random.nextInt((int) Math.min(bound, 1_000));
  }

  // ---- Coming

  private void attempt() {
    Want want = book.arrives(somePermits(), 0);
    int before = waiters.getAsInt();
    Optional<Permit> permit;
    try {
      permit = limiter.tryAcquire(want.permits);
    } catch (Crash | Crash.OfMemory e) {
      return; // of a factory: it reaches the caller
    }
    if (permit.isPresent()) {
      book.grantedAtOnce(want, before);
      holds(permit.get(), want.permits);
    }
  }

  private void acquire() {
    if (open.size() >= MOST) {
      return;
    }
    boolean bounded = random.nextInt(3) == 0;
    long maxWait = bounded ? scenario.someNanos() : Long.MAX_VALUE;
    Want want = book.arrives(somePermits(), maxWait);
    int before = waiters.getAsInt();
    CompletableFuture<Permit> future =
        bounded
            ? limiter.acquire(want.permits, Duration.ofNanos(maxWait))
            : limiter.acquire(want.permits);
    scenario.promise("number " + want.arrival + ", acquire", future);
    if (future.isDone()) {
      if (!future.isCompletedExceptionally()) {
        HandOver rejected = world.rejected(future); // our waiters are themselves the tasks
        if (rejected == null) {
          book.grantedAtOnce(want, before);
        } else {
          book.grantedLater(want, rejected);
        }
        holds(future.join(), want.permits);
      }
      return;
    }
    book.waits(want);
    open.add(future);
    future.whenComplete((permit, error) -> hears(want, future, permit));
  }

  private void hears(Want want, CompletableFuture<Permit> future, Permit permit) {
    open.remove(future);
    if (permit == null) {
      book.leaves(want);
    } else {
      book.grantedLater(want, world.current());
      holds(permit, want.permits);
    }
    callback();
  }

  /** What a client does in a callback: nothing, something, or it crashes. */
  private void callback() {
    if (depth < 3 && random.nextInt(3) == 0) {
      depth++;
      try {
        act();
      } finally {
        depth--;
      }
    }
    crash();
  }

  private void crash() {
    switch (random.nextInt(20)) {
      case 0 -> throw new Crash("a callback that throws");
      case 1 -> throw new Crash.OfMemory();
      default -> {}
    }
  }

  private void holds(Permit permit, long permits) {
    held.add(new Held(permit, permits));
  }

  // ---- Calling

  private void execute() {
    if (open.size() >= MOST) {
      return;
    }
    Want want = book.arrives(somePermits(), Long.MAX_VALUE);
    Call call = new Call(want, waiters.getAsInt());
    CompletableFuture<String> future = limiter.execute(want.permits, call::start);
    scenario.promise("number " + want.arrival + ", execute", future);
    call.inside = false;
    if (!call.started && !future.isDone()) {
      book.waits(want);
    }
    if (!future.isDone()) {
      open.add(future);
      future.whenComplete(
          (value, error) -> {
            open.remove(future);
            if (!call.started) {
              book.leaves(want);
            }
            callback();
          });
    }
  }

  private final class Call {
    private final Want want;
    private final int waitersBefore;
    private final HandOver handOverBefore = world.current();
    private boolean inside = true; // execute() has not come back
    private boolean started;

    Call(Want want, int waitersBefore) {
      this.want = want;
      this.waitersBefore = waitersBefore;
    }

    CompletionStage<String> start() {
      scenario.require(!started, "number %d was called twice", want.arrival);
      started = true;
      if (inside && world.current() == handOverBefore) {
        book.grantedAtOnce(want, waitersBefore);
      } else {
        book.grantedLater(want, world.current());
      }
      int how = random.nextInt(12);
      if (how < 6) {
        return run(how > 0);
      }
      book.ended(want.permits);
      switch (how) {
        case 6 -> throw new Crash("a call that throws");
        case 7 -> throw new Crash.OfMemory();
        case 8 -> {
          return null;
        }
        case 9 -> {
          return CompletableFuture.failedFuture(new IllegalStateException("a call that fails"));
        }
        default -> {
          return CompletableFuture.completedFuture("done");
        }
      }
    }

    private Work run(boolean reachable) {
      Work work =
          new Work(
              reachable,
              ended -> {
                running.remove(ended);
                book.ended(want.permits);
              });
      running.add(work);
      return work;
    }
  }

  private void finishCall() {
    Work work = scenario.any(running);
    if (work != null) {
      finish(work);
    }
  }

  private void finish(Work work) {
    switch (random.nextInt(5)) {
      case 0 -> work.completeExceptionally(new IllegalStateException("failed"));
      case 1 -> work.cancel(true);
      default -> work.complete("done");
    }
  }

  // ---- Going

  private void leave() {
    CompletableFuture<?> future = scenario.any(open);
    if (future == null) {
      return;
    }
    boolean ended =
        switch (random.nextInt(4)) {
          case 0 -> future.completeExceptionally(new TimeoutException());
          case 1 -> future.complete(null);
          case 2 -> future.completeExceptionally(new IllegalStateException("no longer wanted"));
          default -> future.cancel(true);
        };
    // Else it was ending already, further up this thread.
    scenario.require(!ended || future.isDone(), "a future that was ended from outside is not done");
  }

  private void end() {
    if (random.nextInt(8) == 0 && !spent.isEmpty()) {
      endOnce(scenario.any(spent)); // again: nothing comes of it
      return;
    }
    Held one = scenario.any(held);
    if (one != null) {
      end(one);
    }
  }

  private void end(Held one) {
    held.remove(one);
    book.ended(one.permits);
    if (spent.size() < 50) {
      spent.add(one.permit);
    }
    endOnce(one.permit);
  }

  private void endOnce(Permit permit) {
    switch (random.nextInt(4)) {
      case 0 -> permit.recordSuccess();
      case 1 -> permit.recordFailure(new IllegalStateException("by hand"));
      case 2 -> permit.close();
      default -> permit.release();
    }
  }

  /** Ends all that is held and runs; false if there is nothing. */
  boolean letGo() {
    boolean some = !held.isEmpty() || !running.isEmpty();
    for (Held one : List.copyOf(held)) {
      end(one);
    }
    for (Work work : List.copyOf(running)) {
      finish(work);
    }
    return some;
  }

  boolean holdNothing() {
    return held.isEmpty() && running.isEmpty() && open.isEmpty();
  }
}
