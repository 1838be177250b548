package io.asynctools.redis.faults;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The threads that were not there at first; those of the tests and of the JDK left out. */
final class NewThreads {
  private static final List<String> NOT_OURS =
      List.of("test-", "process reaper", "CompletableFutureDelayScheduler", "ForkJoinPool.common");

  private final Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());

  List<String> names() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> NOT_OURS.stream().noneMatch(name::startsWith))
        .sorted()
        .toList();
  }

  /** Waits until all have ended. */
  void end() throws Exception {
    try {
      Eventually.within(10, "the end of every thread", () -> names().isEmpty());
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + names(), e);
    }
  }
}
