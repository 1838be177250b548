package io.asynctools.retry;

import org.jspecify.annotations.Nullable;

/** How an attempt ended: with a value, or with an error, and then the value means nothing. */
record Outcome<T extends @Nullable Object>(T value, @Nullable Throwable error) {

  @SuppressWarnings("NullAway") // the value is never used
  static <T extends @Nullable Object> Outcome<T> failed(Throwable error) {
    return new Outcome<>(null, error);
  }
}
