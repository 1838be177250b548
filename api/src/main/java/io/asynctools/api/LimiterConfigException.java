package io.asynctools.api;

import org.jspecify.annotations.Nullable;

/**
 * A configuration that makes no limiter: an unknown name or option, a value that is missing,
 * malformed or out of range. The message names the option, the value and what is accepted.
 */
public class LimiterConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an error without a cause.
   *
   * @param message what is wrong, with which value, and the way out
   */
  public LimiterConfigException(String message) {
    this(message, null);
  }

  /**
   * Makes an error with its cause.
   *
   * @param message what is wrong, with which value, and the way out
   * @param cause what was thrown, or null
   */
  public LimiterConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
