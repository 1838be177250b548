package io.asynctools.retry;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.SlidingCounter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps retries from multiplying the load on a callee that is failing already: they are limited to
 * a share of the calls, and a floor for those who call seldom. A call whose retry is not within the
 * budget ends at once with its last error. Thread-safe and lock-free.
 *
 * <p><b>What it promises.</b> A retry is allowed if, with it, those taken from the share in the
 * last ten seconds are no more than the share of the calls that began in them, or else if the floor
 * allows it: a bucket filled at that rate that holds a second's worth, at least one retry, and is
 * full at first. So of all calls, in a time t from the first, {@code retries <= share · calls +
 * floor · (t + 1 s)}; where the floor is below one a second, one more. (Two calls that meet may
 * both be refused a retry that one of them could have had; they are never both given it.)
 *
 * <p><b>Sharing.</b> A budget is meant to be shared by every retry that loads the same callee. All
 * that share it must have the same {@link TimeSource}, whose readings it compares.
 *
 * <p><b>Source.</b> The share is the retry budget of Finagle and of the "Handling Overload" chapter
 * of Beyer et al. (editors), "Site Reliability Engineering", O'Reilly, 2016. The floor is the
 * generic cell rate algorithm (ITU-T I.371, annex A).
 */
public final class RetryBudget {
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int SLICES = 20;
  private static final double NOISE = 1 + 1e-12; // 0.29 · 100 is 28.999999999999996
  private static final VarHandle ORIGIN;

  static {
    try {
      ORIGIN = MethodHandles.lookup().findVarHandle(RetryBudget.class, "origin", Long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final double share;
  private final Rate floor;
  private final FloorBucket bucket;
  private final SlidingCounter calls = new SlidingCounter(WINDOW_NANOS, SLICES);
  private final SlidingCounter retries = new SlidingCounter(WINDOW_NANOS, SLICES); // of the share
  private volatile @Nullable TimeSource time; // of the retry that was first built with this
  private volatile @Nullable Long origin; // the first reading; written once, by compare-and-set

  private RetryBudget(double share, Rate floor) {
    this.share = share;
    this.floor = floor;
    this.bucket = new FloorBucket(floor);
  }

  /**
   * Makes a budget of which nothing is spent.
   *
   * @param share how many retries each call brings, over 0 and at most 1: with 0.2, five calls
   *     bring one
   * @param floor how many retries are allowed whatever the number of calls; what exceeds one a
   *     nanosecond counts as that
   * @return a new budget
   * @throws IllegalArgumentException if the share is out of range
   */
  public static RetryBudget of(double share, Rate floor) {
    requireNonNull(floor, "floor");
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be over 0 and at most 1, was " + share);
    }
    return new RetryBudget(share, floor);
  }

  /** A retry is built with this budget; the clock of the first answers for all. */
  void measuredBy(TimeSource source) {
    if (time == null) {
      time = source;
    }
  }

  /**
   * Returns the number of retries that the budget would allow now if no further call began: what is
   * left of the share of the calls, and what the floor holds. It is a snapshot, which other threads
   * may change.
   *
   * @return the number, zero or more
   */
  public long retriesLeft() {
    TimeSource clock = time;
    Long first = origin;
    if (clock == null || first == null) {
      return bucket.left(0); // no call has begun
    }
    return retriesLeft(Math.max(clock.nanoTime() - first, 0));
  }

  private long retriesLeft(long elapsed) {
    long earned = (long) (share * calls.sum(elapsed) * NOISE);
    return Math.max(earned - retries.sum(elapsed), 0) + bucket.left(elapsed);
  }

  /** A call begins. */
  void called(long nanoTime) {
    calls.add(elapsed(nanoTime), 1);
  }

  /** Spends a retry, if there is one. */
  boolean tryRetry(long nanoTime) {
    long elapsed = elapsed(nanoTime);
    retries.add(elapsed, 1); // taken first and given back if it was too much: a race takes no more
    if (retries.sum(elapsed) <= share * calls.sum(elapsed) * NOISE) {
      return true;
    }
    retries.add(elapsed, -1);
    return bucket.tryTake(elapsed);
  }

  private long elapsed(long nanoTime) {
    Long first = origin;
    if (first == null) {
      Long witness = (Long) ORIGIN.compareAndExchange(this, null, (Long) nanoTime);
      first = witness == null ? (Long) nanoTime : witness;
    }
    return Math.max(nanoTime - first, 0); // another thread's reading may be before the first
  }

  /**
   * Returns what the budget was made with and what is left of it, in one line.
   *
   * @return for example {@code RetryBudget[share=0.2, floor=1/s, retriesLeft=3]}
   */
  @Override
  public String toString() {
    String left;
    try {
      left = Long.toString(retriesLeft());
    } catch (RuntimeException | Error e) { // a clock that throws
      left = "unknown";
    }
    return "RetryBudget[share=" + share + ", floor=" + floor + ", retriesLeft=" + left + "]";
  }
}
