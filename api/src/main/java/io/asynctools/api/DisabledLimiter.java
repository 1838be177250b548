package io.asynctools.api;

import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.MessageText;
import io.asynctools.api.spi.RateLimiterBase;

/**
 * Stands for a limiter that is switched off by {@code enabled=false}: grants everything at once.
 */
final class DisabledLimiter extends RateLimiterBase {
  private final String type;
  private final boolean view;

  /**
   * Makes one.
   *
   * @param type the strategy that is switched off
   * @param view whether it stands for one key, so that its user's {@code close} does nothing
   */
  DisabledLimiter(LimiterEnvironment environment, String type, boolean view) {
    super(LimiterSettings.of(environment, type));
    this.type = type;
    this.view = view;
  }

  @Override
  protected long take(long permits) {
    return 0;
  }

  @Override
  protected long undo(long permits, long mark, long returned) {
    return 0;
  }

  @Override
  protected long maxPermits() {
    return Long.MAX_VALUE;
  }

  @Override
  protected boolean idle() {
    return true;
  }

  @Override
  public void close() {
    if (!view) {
      end();
    }
  }

  void end() {
    super.close();
  }

  @Override
  public String toString() {
    return text("DisabledLimiter", name(), type);
  }

  static String text(String kind, String name, String type) {
    return kind + "[name=" + MessageText.escape(name, 64) + ", type=" + type + ", state=DISABLED]";
  }
}
