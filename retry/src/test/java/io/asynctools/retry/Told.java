package io.asynctools.retry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A listener that remembers. */
final class Told implements RetryListener {
  record Retried(@Nullable Throwable error, int nextAttempt, Duration delay) {}

  final List<Retried> retries = new ArrayList<>();

  @Override
  public void onRetry(@Nullable Throwable error, int nextAttempt, Duration delay) {
    retries.add(new Retried(error, nextAttempt, delay));
  }

  List<Duration> delays() {
    return retries.stream().map(Retried::delay).toList();
  }
}
