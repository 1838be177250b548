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
   * The call gave a value. This ends the permit, as {@link #recordSuccess} does. Called before
   * anybody hears of the value. What it throws is logged.
   *
   * @param result the value, perhaps null
   */
  void recordResult(@Nullable Object result);

  /**
   * The caller has ended the call, which may run on: it has been asked to stop, where it can be,
   * and the permit is ended once it has. Called at most once, and never after the permit's end; not
   * at all if the call ended first. Must be quick: the one who ends the call waits for it. What it
   * throws is logged.
   *
   * <p>If the call ends while this runs, on another thread, the permit is ended on this one
   * afterwards.
   *
   * @param error what the caller ended it with, a time-out say, which is the call's outcome; null
   *     for a cancel or an interrupt, which is none
   */
  void endedFromOutside(@Nullable Throwable error);
}
