package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import org.jspecify.annotations.Nullable;

/**
 * A permit whose limiter learns from how calls end: it hears of the value too, which may say that
 * the call failed, and of an ending from outside at once, though the call may run on. {@code
 * execute} and {@code call} tell it both. Whoever ends it by hand may do without: {@link
 * #recordSuccess} and {@link #recordFailure} mean what they always do.
 */
public interface OutcomePermit extends Permit {

  /**
   * The call gave a value. This ends the permit, as {@link #recordSuccess} does.
   *
   * @param result the value
   */
  void recordResult(@Nullable Object result);

  /**
   * The caller has ended the call, which may run on: it has been asked to stop, and the permit is
   * ended once it has. Called at most once, and before that.
   *
   * @param error what the caller ended it with, a time-out say, which is the call's outcome; null
   *     for a cancel, which is none
   */
  void endedFromOutside(@Nullable Throwable error);
}
