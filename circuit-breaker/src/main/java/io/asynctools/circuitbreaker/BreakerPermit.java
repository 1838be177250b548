package io.asynctools.circuitbreaker;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.MessageText;
import io.asynctools.api.spi.OutcomePermit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Permission for one call, which tells the epoch that gave it how the call ended.
 *
 * <pre>
 *   LIVE ──► ENDED             by release, recordSuccess, recordResult, recordFailure
 *     └► LEFT ──► ENDED        its caller has called it off, then it has really ended
 * </pre>
 *
 * <p>Whoever makes the step out of LIVE, by an atomic exchange, says what came of the call; whoever
 * makes the one into ENDED gives its place back. The user's predicates are asked after the step, so
 * once.
 */
abstract class BreakerPermit implements OutcomePermit {
  private static final int LIVE = 0;
  private static final int LEFT = 1;
  private static final int ENDED = 2;
  private static final int MAX_NAME_LENGTH = 200;
  private static final VarHandle PROGRESS;

  static {
    try {
      PROGRESS = MethodHandles.lookup().findVarHandle(BreakerPermit.class, "progress", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // by PROGRESS
  private int progress; // LIVE

  abstract Epoch epoch();

  /** The callee did well. */
  abstract void good();

  /** The callee failed: the call threw an error, or its result is a failure. */
  abstract void bad(@Nullable Throwable error, @Nullable Object result);

  /** The call was called off, or nobody knows what came of it. */
  void calledOff() {}

  /** The call is over, whatever came of it. */
  void free() {}

  /** Ends a permit whose outcome changes nothing for anybody: no need to win a race for that. */
  final void endQuietly() {
    PROGRESS.setOpaque(this, ENDED);
  }

  /** Ends it for good; says whether it had not been before. */
  final boolean end() {
    return (int) PROGRESS.getAndSet(this, ENDED) != ENDED;
  }

  @Override
  public final void release() {
    int was = (int) PROGRESS.getAndSet(this, ENDED);
    try {
      if (was == LIVE) {
        calledOff();
      }
    } finally {
      if (was != ENDED) {
        free();
      }
    }
  }

  @Override
  public void recordSuccess() {
    int was = (int) PROGRESS.getAndSet(this, ENDED);
    try {
      if (was == LIVE) {
        good();
      }
    } finally {
      if (was != ENDED) {
        free();
      }
    }
  }

  @Override
  public final void recordResult(@Nullable Object result) {
    BreakerRule rule = epoch().breaker.rule;
    if (!rule.judgesResults) {
      recordSuccess();
      return;
    }
    int was = (int) PROGRESS.getAndSet(this, ENDED);
    try {
      if (was == LIVE) {
        if (rule.isFailedResult(result)) {
          bad(null, result);
        } else {
          good();
        }
      }
    } finally {
      if (was != ENDED) {
        free();
      }
    }
  }

  @Override
  public final void recordFailure(Throwable error) {
    requireNonNull(error, "error");
    int was = (int) PROGRESS.getAndSet(this, ENDED);
    try {
      if (was == LIVE) {
        judge(error);
      }
    } finally {
      if (was != ENDED) {
        free();
      }
    }
  }

  private void judge(Throwable error) {
    Throwable cause = Failures.cause(error);
    if (Failures.isCancel(cause)) {
      calledOff();
    } else if (epoch().breaker.rule.isFailure(cause)) {
      bad(Failures.unwrap(error), null);
    } // else neither: an error that says nothing about the callee
  }

  /** The outcome is known, though the call may run on and keeps its place until it has ended. */
  @Override
  public final void endedFromOutside(@Nullable Throwable error) {
    if (PROGRESS.compareAndSet(this, LIVE, LEFT)) {
      if (error == null) {
        calledOff();
      } else {
        judge(error);
      }
    }
  }

  @Override
  public final String toString() {
    String name = MessageText.escape(epoch().breaker.name(), MAX_NAME_LENGTH);
    boolean ended = (int) PROGRESS.getVolatile(this) == ENDED;
    return "BreakerPermit[breaker=" + name + ", ended=" + ended + ']';
  }
}
