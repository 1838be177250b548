package io.asynctools.retry;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.MessageText;
import io.asynctools.api.spi.UserCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a retry decides by, whatever the call and however it runs: which outcomes ask for another
 * attempt, how long to wait for it, how long an attempt may take. Immutable, and shared by all
 * calls; where one call stands is in its {@link RetryRun}.
 */
final class RetryRules {
  static final long UNLIMITED = Long.MAX_VALUE;
  private static final long CENTURY = Long.MAX_VALUE / 2; // half the range: differences may wrap

  final String name;
  final TimeSource time;
  final Executor executor;
  final Backoff backoff;
  final int maxAttempts;
  private final RetryConfig config;
  private final long attemptNanos;
  private final long totalNanos;
  private final UserCode retryIf;
  private final UserCode retryIfResult;
  private final UserCode delay;
  private final List<Consumer<RetryEvent>> listeners = new ArrayList<>(); // each guarded
  private final List<Consumer<Object>> droppedListeners = new ArrayList<>(); // each guarded

  RetryRules(RetryConfig config, LimiterEnvironment environment) {
    this.config = config;
    this.name = environment.name().orElse(RetryProvider.NAME);
    this.time = environment.timeSource();
    this.executor = environment.executor();
    this.backoff =
        new Backoff(
            RetryConfig.nanosOf(config.initialDelay()),
            RetryConfig.nanosOf(config.maxDelay()),
            config.multiplier(),
            config.jitter(),
            guarded(config.random(), name));
    this.maxAttempts = config.maxAttempts();
    this.attemptNanos = limit(config.attemptTimeout());
    this.totalNanos = limit(config.totalTimeout());
    this.retryIf = new UserCode("retryIf", name);
    this.retryIfResult = new UserCode("retryIfResult", name);
    this.delay = new UserCode("delay", name);
    for (RetryListener listener : config.onRetry()) {
      UserCode guard = new UserCode("onRetry", name);
      listeners.add(
          event -> {
            if (!event.isEnd()) {
              guard.run(() -> listener.onRetry(event.error(), event.attempt() + 1, event.delay()));
            }
          });
    }
    for (Consumer<? super RetryEvent> listener : config.onEvent()) {
      UserCode guard = new UserCode("onEvent", name);
      listeners.add(event -> guard.run(() -> listener.accept(event)));
    }
    for (Consumer<Object> listener : config.onDroppedResult()) {
      UserCode guard = new UserCode("onDroppedResult", name);
      droppedListeners.add(result -> guard.run(() -> listener.accept(result)));
    }
    RetryBudget budget = config.budget();
    if (budget != null) {
      budget.measuredBy(time);
    }
  }

  private static DoubleSupplier guarded(@Nullable DoubleSupplier random, String name) {
    if (random == null) {
      return () -> ThreadLocalRandom.current().nextDouble();
    }
    UserCode guard = new UserCode("random", name);
    return () -> guard.ask(random::getAsDouble, ThreadLocalRandom.current().nextDouble());
  }

  private static long limit(@Nullable Duration timeout) {
    return timeout == null ? UNLIMITED : Math.min(RetryConfig.nanosOf(timeout), CENTURY);
  }

  // ---- Which outcomes ask for another attempt

  /** A value is looked at only where there is no error. */
  boolean askForRetry(@Nullable Throwable error, @Nullable Object result) {
    return error == null ? resultAsks(result) : errorAsks(error);
  }

  /** Whether a result that is there at once needs no look, and its end is told to no listener. */
  boolean passesResultsOn() {
    return config.retryIfResult() == null && config.onEvent().isEmpty();
  }

  private boolean resultAsks(@Nullable Object result) {
    var predicate = config.retryIfResult();
    return predicate != null && retryIfResult.ask(() -> predicate.test(result), false);
  }

  private boolean errorAsks(Throwable thrown) {
    Throwable error = Failures.cause(thrown);
    if (error instanceof Error || Failures.isCancel(error)) {
      return false;
    }
    var classes = config.retryOn();
    var predicate = config.retryIf();
    if (classes == null && predicate == null) {
      return error instanceof Exception && !(error instanceof RejectedException);
    }
    return (classes != null
            && classes.stream()
                .anyMatch(named -> named.isInstance(thrown) || named.isInstance(error)))
        || (predicate != null && retryIf.ask(() -> predicate.test(error), false));
  }

  // ---- How long to wait for it

  /** What the backoff says, unless a refusal says more, unless the user's function has a say. */
  long delayNanos(
      @Nullable Throwable error, @Nullable Object result, int nextAttempt, long backedOff) {
    long computed = backedOff;
    if (error instanceof RejectedException refused) {
      computed = Math.max(computed, refused.retryAfter().map(RetryConfig::nanosOf).orElse(0L));
    }
    DelayFunction function = config.delay();
    if (function == null) {
      return computed;
    }
    Duration proposed = Duration.ofNanos(computed);
    Duration chosen =
        delay.ask(
            () ->
                requireNonNull(
                    function.delay(error, result, nextAttempt, proposed), "the delay was null"),
            proposed);
    return Math.max(RetryConfig.nanosOf(chosen), 0);
  }

  // ---- What listeners hear

  /** Tells the listeners how an attempt ended and what follows; outside every lock. */
  void tell(
      RetryEvent.Kind kind,
      int attempt,
      @Nullable Throwable error,
      @Nullable Object result,
      long nanos) {
    if (listeners.isEmpty()) {
      return;
    }
    RetryEvent event = new RetryEvent(name, kind, attempt, error, result, Duration.ofNanos(nanos));
    listeners.forEach(listener -> listener.accept(event));
  }

  /** A result that the caller does not get. */
  void drop(@Nullable Object result) {
    if (result != null) {
      droppedListeners.forEach(listener -> listener.accept(result));
    }
  }

  // ---- The time, and what may be spent

  /** A call begins: gives the time, which is read only where somebody will ask for it. */
  long begin() {
    RetryBudget budget = config.budget();
    if (budget == null && !hasDeadline()) {
      return 0;
    }
    long now = time.nanoTime();
    if (budget != null) {
      budget.called(now);
    }
    return now;
  }

  boolean budgetAllows() {
    RetryBudget budget = config.budget();
    return budget == null || budget.tryRetry(time.nanoTime());
  }

  boolean hasDeadline() {
    return totalNanos != UNLIMITED;
  }

  /** What is left of the time for a call in all; zero or less once it has passed. */
  long nanosLeft(long begun) {
    return hasDeadline() ? begun + totalNanos - time.nanoTime() : UNLIMITED;
  }

  /** How long an attempt of a call may take that starts now. */
  long attemptNanos(long begun) {
    return Math.min(attemptNanos, nanosLeft(begun));
  }

  /** The name as it may be printed in one line. */
  static String shown(String name) {
    return MessageText.escape(name, 64);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Retry[name=").append(shown(name));
    text.append(", maxAttempts=").append(maxAttempts);
    text.append(", initialDelay=").append(config.initialDelay());
    text.append(", maxDelay=").append(config.maxDelay());
    if (config.jitter() != Jitter.DECORRELATED) {
      text.append(", multiplier=").append(config.multiplier());
    }
    text.append(", jitter=").append(config.jitter());
    if (config.attemptTimeout() != null) {
      text.append(", attemptTimeout=").append(config.attemptTimeout());
    }
    if (config.totalTimeout() != null) {
      text.append(", totalTimeout=").append(config.totalTimeout());
    }
    if (config.budget() != null) {
      text.append(", budget=").append(config.budget());
    }
    return text.append(']').toString();
  }

  /** What an attempt ends with whose time has just passed. */
  TimeoutException timeout(long begun, int attempt) {
    String late = "retry '" + name + "': attempt " + attempt + " had not ended ";
    return new TimeoutException(
        nanosLeft(begun) <= 0
            ? late + "when the call's totalTimeout of " + config.totalTimeout() + " had passed"
            : late + "after its attemptTimeout of " + config.attemptTimeout());
  }
}
