package io.asynctools.proof.faults;

import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One deed of {@link OutOfMemoryProgram}, on limiters of its own: what is done while there is no
 * memory, what is done afterwards to make up for it, and what must hold then. All that it needs is
 * made beforehand, so that only the library allocates.
 */
abstract class Deed {
  static final Duration SECOND = Duration.ofSeconds(1);
  private static final CompletableFuture<String> DONE = CompletableFuture.completedFuture("done");
  static final Supplier<CompletableFuture<String>> CALL = () -> DONE;

  final Frugal time = new Frugal();
  Permit held; // from before; given back in the end
  Optional<Permit> permit; // what the deed may have got, by a try
  CompletableFuture<?> future; // who must hear, if the deed gave it or it was there before
  CompletableFuture<?> other; // likewise
  private Runnable deed = () -> {};
  private Runnable after = () -> {};

  final void does(Runnable what) {
    deed = what;
  }

  final void then(Runnable what) {
    after = what;
  }

  /** What is done may fail, and is then done again. */
  final void doesTwice(Runnable what) {
    deed = what;
    after = what;
  }

  final void run() {
    deed.run();
  }

  /** What is wrong afterwards; null if nothing. */
  final String wrong() {
    after.run();
    time.runTasks();
    boolean heard = hears(future) & hears(other);
    if (permit != null) {
      permit.ifPresent(Permit::release);
    }
    if (held != null) {
      held.release();
    }
    time.runTasks();
    return heard ? lost() : "somebody never hears";
  }

  /** What has not come back; null if nothing. */
  abstract String lost();

  /** No future, and its caller has heard: it was thrown. */
  private boolean hears(CompletableFuture<?> future) {
    if (future == null) {
      return true;
    }
    if (future.isDone() && !future.isCompletedExceptionally() && future.join() instanceof Permit) {
      ((Permit) future.join()).release();
      time.runTasks();
    }
    return future.isDone();
  }
}
