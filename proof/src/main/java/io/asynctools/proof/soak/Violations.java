package io.asynctools.proof.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Promises that were broken: how often, and the first few in words. Thread-safe. */
final class Violations {
  private static final int TOLD = 20;

  private final AtomicLong count = new AtomicLong();
  private final List<String> first = new ArrayList<>();

  void add(String what) {
    if (count.incrementAndGet() <= TOLD) {
      synchronized (first) {
        first.add(what);
      }
    }
  }

  long count() {
    return count.get();
  }

  List<String> first() {
    synchronized (first) {
      return List.copyOf(first);
    }
  }
}
