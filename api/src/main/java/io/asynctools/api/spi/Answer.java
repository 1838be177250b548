package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer to one question of a {@link DeferredRateLimiterBase}. The first answer counts,
 * later ones do nothing. Thread-safe; no user code runs on the thread that answers, unless the
 * limiter's executor runs in place, or rejects.
 */
public final class Answer {
  private static final long GRANTED = 0;
  private static final long FAILED = -1;

  private final DeferredRateLimiterBase limiter;
  private final Waiter waiter;
  private final long maxWaitNanos;
  private final AtomicBoolean given = new AtomicBoolean();
  // The second of two to arrive here, the answer and the return of request(), goes on with the
  // line: an answer given inside request() then does not nest.
  private final AtomicBoolean half = new AtomicBoolean();

  // What was answered: written before `half`.
  private long nanos;
  private long askAgainNanos;
  private long mark;
  private @Nullable Throwable error;

  Answer(DeferredRateLimiterBase limiter, Waiter waiter, long maxWaitNanos) {
    this.limiter = limiter;
    this.waiter = waiter;
    this.maxWaitNanos = maxWaitNanos;
  }

  /**
   * Returns how long the waiter would wait for a permit, counted from when the question was asked.
   *
   * @return nanoseconds; 0 for a try, {@link Long#MAX_VALUE} without bound
   */
  public long maxWaitNanos() {
    return maxWaitNanos;
  }

  /** What was asked for is granted. */
  public void granted() {
    granted(0);
  }

  /**
   * What was asked for is granted.
   *
   * @param mark what {@link RateLimiterBase#undo} is to be told, should the grant come to nothing
   */
  public void granted(long mark) {
    if (given.compareAndSet(false, true)) {
      this.mark = mark;
      this.nanos = GRANTED;
      arrive();
    }
  }

  /**
   * Nothing is granted now.
   *
   * @param nanos how long until asking again makes sense, at least 1; {@link Long#MAX_VALUE} means
   *     after {@link RateLimiterBase#wake} only
   * @throws IllegalArgumentException if {@code nanos} is below 1
   */
  public void denied(long nanos) {
    denied(nanos, Long.MAX_VALUE);
  }

  /**
   * Rejects for now, and has the rule asked again before the wait is over: what was answered may
   * change without a call of {@link RateLimiterBase#wake}.
   *
   * @param nanos how long until a grant is expected, at least 1; {@link Long#MAX_VALUE} if unknown
   * @param askAgainNanos how long the answer stands at most, at least 1. The first request at the
   *     head after that asks again; a waiter at the head does so by itself.
   * @throws IllegalArgumentException if one of them is below 1
   */
  public void denied(long nanos, long askAgainNanos) {
    if (nanos < 1) {
      throw new IllegalArgumentException("nanos must be at least 1, was " + nanos);
    }
    if (askAgainNanos < 1) {
      throw new IllegalArgumentException("askAgainNanos must be at least 1, was " + askAgainNanos);
    }
    if (given.compareAndSet(false, true)) {
      this.askAgainNanos = askAgainNanos;
      this.nanos = nanos;
      arrive();
    }
  }

  /**
   * There is no answer: the one who was asked for fails with this.
   *
   * @param error why
   */
  public void failed(Throwable error) {
    requireNonNull(error, "error");
    if (given.compareAndSet(false, true)) {
      this.error = error;
      this.nanos = FAILED;
      arrive();
    }
  }

  /** Asks the question. */
  void send() {
    try {
      limiter.request(waiter.permits, this);
    } catch (Throwable e) {
      failed(e);
    }
    arrive();
  }

  private void arrive() {
    if (!half.compareAndSet(false, true)) {
      waiter.line.locked(this::apply);
      limiter.afterAnswer();
    }
  }

  /** Under the lock of the line. */
  private void apply(Told told) {
    limiter.answered();
    if (nanos == GRANTED) {
      waiter.line.grant(waiter, mark, told);
    } else if (nanos == FAILED) {
      waiter.line.fail(waiter, requireNonNull(error), told);
    } else {
      limiter.denied(waiter.permits, nanos, askAgainNanos);
    }
  }
}
