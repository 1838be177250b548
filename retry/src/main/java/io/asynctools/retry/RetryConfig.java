package io.asynctools.retry;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.MessageText;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a retry is built with, checked. What is null was not given. */
record RetryConfig(
    int maxAttempts,
    Duration initialDelay,
    Duration maxDelay,
    double multiplier,
    Jitter jitter,
    @Nullable DelayFunction delay,
    @Nullable List<Class<? extends Throwable>> retryOn,
    @Nullable Predicate<? super Throwable> retryIf,
    @Nullable Predicate<? super @Nullable Object> retryIfResult,
    @Nullable Duration attemptTimeout,
    @Nullable Duration totalTimeout,
    @Nullable RetryBudget budget,
    List<RetryListener> onRetry,
    List<Consumer<? super RetryEvent>> onEvent,
    List<Consumer<Object>> onDroppedResult,
    @Nullable DoubleSupplier random) {
  private static final Class<?>[] NEVER_RETRIED = {
    Error.class,
    CancellationException.class,
    InterruptedException.class,
    ClosedByInterruptException.class
  };

  RetryConfig {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException(
          "maxAttempts must be at least 1, the first included, was " + maxAttempts);
    }
    notNegative("initialDelay", initialDelay);
    notNegative("maxDelay", maxDelay);
    if (!(multiplier >= 1) || Double.isInfinite(multiplier)) {
      throw new IllegalArgumentException(
          "multiplier must be at least 1 and finite, was " + multiplier);
    }
    requireNonNull(jitter, "jitter");
    positive("attemptTimeout", attemptTimeout);
    positive("totalTimeout", totalTimeout);
    if (retryOn != null) {
      retryOn.forEach(RetryConfig::checkRetried);
    }
    onRetry = List.copyOf(onRetry);
    onEvent = List.copyOf(onEvent);
    onDroppedResult = List.copyOf(onDroppedResult);
  }

  private static void checkRetried(Class<? extends Throwable> error) {
    for (Class<?> never : NEVER_RETRIED) {
      if (never.isAssignableFrom(error)) {
        throw new IllegalArgumentException(
            "retryOn names '"
                + MessageText.escape(error.getName(), 200)
                + "', but "
                + (never == Error.class ? "an Error is" : "cancellations and interrupts are")
                + " never retried; leave it out");
      }
    }
  }

  private static void notNegative(String option, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(option + " must not be negative, was " + duration);
    }
  }

  private static void positive(String option, @Nullable Duration duration) {
    if (duration != null && (duration.isNegative() || duration.isZero())) {
      throw new IllegalArgumentException(
          option + " must be positive, was " + duration + "; leave it out to have none");
    }
  }

  /** In nanoseconds; what passes 292 years either way counts as 292 years. */
  static long nanosOf(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
