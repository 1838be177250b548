package io.asynctools.benchmarks;

import io.asynctools.benchmarks.BenchOptions.Part;
import java.util.List;

/** What is measured, and what it answers meanwhile: one table of the report. */
public enum Situation {
  /** The limiter earns faster than it is asked, so every call gets a permit. */
  GRANTED(Part.GRANTED, "tryAcquire, granted", TokenBucketContention.class),

  /** It was emptied and earns one permit a day: the path that matters under overload. */
  REFUSED(Part.REFUSED, "tryAcquire, refused", TokenBucketContention.class),

  /** There are more permits than threads, and each call gives its own back. */
  GIVEN_BACK(Part.SEMAPHORE, "semaphore, acquire + release", SemaphoreContention.class),

  /** A million keys are there, and each call is for a random one. */
  RANDOM_KEY(
      Part.PER_KEY, "1 000 000 keys, tryAcquire on a random one, granted", PerKeyContention.class),

  /** The breaker is closed and all is well. */
  CLOSED(Part.BREAKER, "breaker closed, permission + success", BreakerClosed.class),

  /** The breaker is closed, and one outcome in a hundred is a failure. */
  FAILING(Part.BREAKER, "breaker closed, 1 % of the outcomes failures", BreakerFailing.class),

  /** The breaker is open and stays so. */
  OPEN(Part.BREAKER, "breaker open, tryAcquire refused", BreakerOpen.class),

  /** The call's stage is complete when the call returns it. */
  AT_ONCE(Part.RETRY, "retry, success at once, async", RetryAtOnce.class);

  final Part part;
  final String title;
  final Class<? extends ContentionBenchmark> benchmark;

  Situation(Part part, String title, Class<? extends ContentionBenchmark> benchmark) {
    this.part = part;
    this.title = title;
    this.benchmark = benchmark;
  }

  /** The columns: those asked for, or one thread where threads share nothing. */
  List<Integer> threads(List<Integer> wanted) {
    return this == AT_ONCE ? List.of(1) : wanted;
  }
}
