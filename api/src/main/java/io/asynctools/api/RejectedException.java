package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy refused a call. It has no stack trace: it is an answer, not an accident, and must be
 * cheap where thousands a second are given.
 */
public class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a call was refused. */
  public enum Reason {
    /** The rate is used up. */
    RATE,
    /** As many calls as may run at once are running. */
    CONCURRENCY,
    /** As many as may wait are waiting. */
    QUEUE_FULL,
    /** As many keys as may be kept are in use. */
    TOO_MANY_KEYS,
    /** The circuit breaker is open. */
    CIRCUIT_OPEN,
    /** The limiter is closed. */
    CLOSED
  }

  /** The name of the limiter. */
  private final String limiter;

  /** Why. */
  private final Reason reason;

  /** When to come back, if that is known. */
  private final @Nullable Duration retryAfter;

  /**
   * Makes a refusal.
   *
   * @param limiter the name of the policy that refused
   * @param reason why
   * @param retryAfter how long until the request could be granted; null if not known
   */
  public RejectedException(String limiter, Reason reason, @Nullable Duration retryAfter) {
    super(message(limiter, reason, retryAfter), null, true, false);
    this.limiter = requireNonNull(limiter, "limiter");
    this.reason = requireNonNull(reason, "reason");
    this.retryAfter = retryAfter;
  }

  /**
   * The name of the policy that refused.
   *
   * @return the name
   */
  public String limiter() {
    return limiter;
  }

  /**
   * Why the call was refused.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * How long until the request could be granted, if nobody else leaves and nothing is changed.
   * Sooner, a request that may wait for what is left then is let in to wait; later, others may have
   * come first.
   *
   * @return the time, or empty if nothing is known of it
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  private static String message(String limiter, Reason reason, @Nullable Duration retryAfter) {
    String why =
        switch (reason) {
          case RATE -> "its rate is used up";
          case CONCURRENCY -> "as many calls as may run at once are running";
          case QUEUE_FULL -> "as many calls as may wait are waiting";
          case TOO_MANY_KEYS -> "as many keys as may be kept are in use";
          case CIRCUIT_OPEN ->
              retryAfter == null
                  ? "its circuit is open or all its probes are out"
                  : "its circuit is open";
          case CLOSED -> "it is closed";
        };
    String when = retryAfter == null ? "" : "; retry after " + retryAfter;
    return "limiter '" + limiter + "' refused the call (" + reason + "): " + why + when;
  }
}
