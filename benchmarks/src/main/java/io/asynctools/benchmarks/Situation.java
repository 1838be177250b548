package io.asynctools.benchmarks;

/** What the limiter answers while it is measured. */
public enum Situation {
  /** It earns faster than it is asked, so every call gets a permit. */
  GRANTED,
  /** It was emptied and earns one permit a day: the path that matters under overload. */
  REFUSED
}
