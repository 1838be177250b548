package io.asynctools.api.spi;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Runs actions one after another instead of one inside another. What an action starts on its own
 * thread (an executor that runs in place hands over a grant, whose callback releases a permit,
 * which hands over the next) joins the loop that is already running there, so that no stack grows
 * with the number of waiters.
 */
final class Trampoline {
  // Set only while a loop runs, so that nothing is kept by a thread that goes on to other things.
  private static final ThreadLocal<@Nullable Deque<Runnable>> RUNNING = new ThreadLocal<>();

  private Trampoline() {}

  /** Runs an action now, or after the one that runs on this thread. Actions must not throw. */
  static void run(Runnable action) {
    Deque<Runnable> actions;
    try {
      Deque<Runnable> running = RUNNING.get();
      if (running != null) {
        running.add(action);
        return;
      }
      actions = new ArrayDeque<>();
      RUNNING.set(actions);
    } catch (Throwable e) { // out of memory: deeper rather than never
      action.run();
      return;
    }
    try {
      for (Runnable next = action; next != null; next = actions.poll()) {
        next.run();
      }
    } finally {
      RUNNING.remove();
    }
  }
}
