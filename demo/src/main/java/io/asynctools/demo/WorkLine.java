package io.asynctools.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * The line and the workers of an {@link UpstreamModel}: plain arithmetic on the times it is told,
 * no clock and no thread of its own. Not thread-safe.
 *
 * <p>The next job starts when the one before it was <em>due</em>, not when somebody got round to
 * asking. So a late timer delays an answer but costs no capacity, and what the upstream can do is
 * what its model says, on a slow machine too.
 *
 * @param <J> what waits
 */
final class WorkLine<J> {
  private final UpstreamModel model;
  private final Queue<J> waiting = new ArrayDeque<>();
  private final PriorityQueue<Running<J>> running =
      new PriorityQueue<>(Comparator.comparingLong((Running<J> job) -> job.due));

  WorkLine(UpstreamModel model) {
    this.model = model;
  }

  /**
   * A job arrives. Ask {@link #finishedBy} for the same time first, so that places that have become
   * free count as free.
   *
   * @return whether it was taken; false if the line is full
   */
  boolean offer(J job, long now) {
    if (running.size() < model.workers()) {
      start(job, now);
      return true;
    }
    return waiting.size() < model.longestLine() && waiting.add(job);
  }

  /** The jobs that are done by now and were not told before, in the order in which they ended. */
  List<J> finishedBy(long now) {
    List<J> finished = new ArrayList<>();
    for (Running<J> head = running.peek(); head != null && head.due <= now; head = running.peek()) {
      running.remove();
      finished.add(head.job);
      J next = waiting.poll();
      if (next != null) {
        start(next, head.due);
      }
    }
    return finished;
  }

  int waiting() {
    return waiting.size();
  }

  private void start(J job, long at) {
    running.add(new Running<>(job, at + model.serviceNanos(waiting.size())));
  }

  private record Running<J>(J job, long due) {}
}
