package io.asynctools.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that makes no limiter: an unknown name or option, a value that is missing,
 * malformed or out of range. The message names the option, the value and what is accepted. It never
 * shows a value that may hold a credential. {@link #errors} lists all that is wrong.
 */
public class LimiterConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Each error that was found; at least one. */
  private final String[] errors;

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
    this.errors = new String[] {message};
  }

  private LimiterConfigException(List<String> errors) {
    super(errors.size() + " errors in the configuration:\n- " + String.join("\n- ", errors), null);
    this.errors = errors.toArray(new String[0]);
  }

  /** Makes one error of several: the only one, or one whose message has a line for each. */
  static LimiterConfigException of(List<LimiterConfigException> all) {
    if (all.size() == 1) {
      return all.get(0);
    }
    List<String> messages = new ArrayList<>();
    all.forEach(each -> messages.addAll(each.errors()));
    return new LimiterConfigException(messages);
  }

  /**
   * Returns all that is wrong: a configuration is read to its end before it is rejected.
   *
   * @return one message for each error, at least one
   */
  public List<String> errors() {
    return List.of(errors);
  }
}
