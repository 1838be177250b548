package io.asynctools.benchmarks;

import java.time.Duration;
import org.openjdk.jmh.annotations.Param;

/** A rate limiter, ours or a peer's, that grants every call or refuses every call. */
public abstract class BucketSubject extends ContendedSubject {
  /** The rate of a granted limiter: more than any machine asks for. */
  static final long PLENTY_PER_SECOND = 1_000_000_000L;

  /** The period of a refused limiter, for one permit. */
  static final Duration LONG = Duration.ofDays(1);

  @Param({"GRANTED", "REFUSED"})
  public Situation situation;

  /** Makes the limiter for {@link #situation}. */
  abstract void build();

  /** One attempt, as the benchmark makes it. */
  abstract boolean attempt();

  @Override
  final void open() {
    build();
    if (situation == Situation.REFUSED) {
      attempt(); // takes the one permit of those that start full
    }
  }

  @Override
  final boolean isOnPath() {
    return attempt() == (situation == Situation.GRANTED);
  }
}
