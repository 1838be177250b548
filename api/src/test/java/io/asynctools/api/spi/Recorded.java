package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Permits that write down what they are told. */
final class Recorded {
  private Recorded() {}

  /** One that hears of success and failure only. */
  static class Plain implements Permit {
    final List<String> events;

    Plain() {
      this(new CopyOnWriteArrayList<>());
    }

    Plain(List<String> events) {
      this.events = events;
    }

    void add(String event) {
      events.add(event);
    }

    @Override
    public void release() {
      add("released");
    }

    @Override
    public void recordSuccess() {
      add("success");
    }

    @Override
    public void recordFailure(Throwable error) {
      add("failure " + error);
    }
  }

  /** One that hears of values and endings too. */
  static class Outcome extends Plain implements OutcomePermit {
    Outcome() {}

    Outcome(List<String> events) {
      super(events);
    }

    @Override
    public void recordResult(@Nullable Object result) {
      add("result " + result);
    }

    @Override
    public void endedFromOutside(@Nullable Throwable error) {
      add("told " + error);
    }
  }
}
