package io.asynctools.circuitbreaker;

import io.asynctools.api.spi.UserCode;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reports changes of state to the listener: each once, in order, one at a time, without a lock and
 * without recursion.
 *
 * <p>The epochs are a list, linked by those who end them. Whoever makes a change links it and asks
 * for a report; if a report is under way, on this thread or another, that one goes on to it. A
 * change that is made but not linked yet ends a report, and its maker asks for another.
 */
final class StateChanges {
  private final StateListener listener;
  private final UserCode guard;
  private final AtomicInteger asked = new AtomicInteger();
  private Epoch reported; // by the one whose turn it is

  StateChanges(StateListener listener, Epoch first, String name) {
    this.listener = listener;
    this.guard = new UserCode("onStateChange", name);
    this.reported = first;
  }

  void report() {
    if (asked.getAndIncrement() == 0) {
      int answered = 1;
      do {
        reportLinked();
        answered = asked.addAndGet(-answered);
      } while (answered != 0);
    }
  }

  private void reportLinked() {
    for (Epoch next = reported.takeNext(); next != null; next = reported.takeNext()) {
      Epoch from = reported;
      Epoch to = next;
      reported = to;
      if (from.state != to.state) {
        guard.run(() -> listener.onStateChange(from.state, to.state));
      }
    }
  }
}
