package io.asynctools.demo;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.TimeSource;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes down how the state of a breaker changes. A breaker made from text has no listener, but its
 * state changes with a call alone: so this is a policy that lets everything through and looks when
 * a call comes and when it has ended. Inside the breaker it sees each probe, outside it sees what
 * became of it. Thread-safe.
 */
final class BreakerWatch implements AsyncPolicy {

  /** The state was found changed at a time of the watch's clock. */
  record Change(long nanoTime, State from, State to) {}

  private final Supplier<State> breaker;
  private final TimeSource time;
  private State last; // guarded by this
  private List<Change> changes = new ArrayList<>(); // guarded by this

  BreakerWatch(Supplier<State> breaker, TimeSource time) {
    this.breaker = breaker;
    this.time = time;
    this.last = breaker.get();
  }

  private void look() {
    synchronized (this) {
      State now = breaker.get();
      if (now != last) {
        changes.add(new Change(time.nanoTime(), last, now));
        last = now;
      }
    }
  }

  /** What was written down since this was last asked. */
  List<Change> newChanges() {
    look();
    synchronized (this) {
      List<Change> told = changes;
      changes = new ArrayList<>();
      return told;
    }
  }

  State state() {
    return breaker.get();
  }

  @Override
  public String name() {
    return "watch";
  }

  /** Gives the call's own future, so that cancelling it reaches the call. */
  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    look();
    CompletableFuture<T> result;
    try {
      result = call.get().toCompletableFuture();
    } catch (Throwable e) { // as of every policy, the future tells it
      result = CompletableFuture.failedFuture(e);
    }
    var unused = result.whenComplete((value, error) -> look());
    return result;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X {
    look();
    try {
      return call.call();
    } finally {
      look();
    }
  }
}
