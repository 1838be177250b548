package io.asynctools.benchmarks;

/** A semaphore, ours or a peer's, with permits for everybody. */
public abstract class SemaphoreSubject extends ContendedSubject {
  /** More than there are threads, so that nobody is refused. */
  static final int PERMITS = 1_000;

  /** Takes a permit and gives it back; false if there was none. */
  abstract boolean takeAndGiveBack();

  /** The permits that are not out. */
  abstract int free();

  /** A permit that was lost would show at the end, and one too many as well. */
  @Override
  final boolean isOnPath() {
    return free() == PERMITS && takeAndGiveBack() && free() == PERMITS;
  }
}
