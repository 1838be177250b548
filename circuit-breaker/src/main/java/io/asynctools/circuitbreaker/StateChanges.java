package io.asynctools.circuitbreaker;

import io.asynctools.api.spi.MessageText;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reports changes of state to the log and to the listeners: each once, in order, one at a time,
 * without a lock and without recursion.
 *
 * <p>The epochs are a list, linked by those who end them. Whoever makes a change links it and asks
 * for a report; if a report is under way, on this thread or another, that one goes on to it. A
 * change that is made but not linked yet ends a report, and its maker asks for another.
 */
@SuppressWarnings("serial") // an atomic integer for its compactness: a breaker may have a key
final class StateChanges extends AtomicInteger { // how many reports are asked for
  private static final int MAX_NAME_LENGTH = 200;

  private final List<GuardedListener> listeners;
  private Epoch reported; // by the one whose turn it is

  StateChanges(List<GuardedListener> listeners, Epoch first) {
    this.listeners = listeners;
    this.reported = first;
  }

  void report() {
    if (getAndIncrement() == 0) {
      int answered = 1;
      do {
        reportLinked();
        answered = addAndGet(-answered);
      } while (answered != 0);
    }
  }

  private void reportLinked() {
    for (Epoch next = reported.takeNext(); next != null; next = reported.takeNext()) {
      Epoch from = reported;
      Epoch to = next;
      reported = to;
      if (from.state != to.state) {
        log(from, to);
        for (GuardedListener each : listeners) {
          each.report(from.state, to.state);
        }
      } else if (to instanceof IsolatedEpoch) {
        log(from, to);
      }
    }
  }

  private static void log(Epoch from, Epoch to) {
    CircuitBreaker breaker = to.breaker;
    Level level = breaker.rule.logLevel;
    if (level == Level.OFF) {
      return;
    }
    try {
      System.Logger logger = System.getLogger("io.asynctools");
      if (logger.isLoggable(level)) {
        String name = MessageText.escape(breaker.name(), MAX_NAME_LENGTH);
        State before = from.state;
        logger.log(
            level, "circuit breaker '" + name + "': " + before + " -> " + to.state + ", " + to.why);
      }
    } catch (Throwable e) {
      // A log that cannot be written changes nothing else.
    }
  }
}
