package io.asynctools.api;

/** A limiter refused a call because it is closed, or was closed while the call waited. */
public final class LimiterClosedException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes a refusal.
   *
   * @param limiter the name of the limiter that is closed
   */
  public LimiterClosedException(String limiter) {
    super(limiter, Reason.CLOSED, null);
  }
}
