package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.MessageText;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Thrown, or carried by a failed future, if a policy rejects a call.
 *
 * <p>A rejection has no stack trace, because a limiter under overload may create thousands per
 * second. To record stack traces while debugging, start the JVM with {@code
 * -Dio.asynctools.rejectionStackTraces=true}.
 */
public class RejectedException extends RuntimeException implements Cloneable {
  private static final long serialVersionUID = 1L;
  private static final int MAX_KEY_LENGTH = 64;
  private static final boolean STACK_TRACES =
      Boolean.getBoolean("io.asynctools.rejectionStackTraces");

  /**
   * Why a call was rejected. Each constant names the HTTP status that a server should answer with:
   * 429 if the client sent too much, 503 if the service itself has no capacity.
   */
  public enum Reason {
    /** The rate is used up. HTTP status 429. */
    RATE,
    /** The maximum number of concurrent calls is running. HTTP status 503. */
    CONCURRENCY,
    /** The wait queue is full. HTTP status 503. */
    QUEUE_FULL,
    /** The maximum number of keys is in use. HTTP status 503. */
    TOO_MANY_KEYS,
    /** The circuit breaker is open. HTTP status 503. */
    CIRCUIT_OPEN,
    /** The limiter is closed. HTTP status 503. */
    CLOSED,
    /** The server that decides for all machines cannot be reached. HTTP status 503. */
    UNAVAILABLE
  }

  /** The name of the policy. */
  private final String limiter;

  /** Why the call was rejected. */
  private final Reason reason;

  /** The time until the request could be granted; null if unknown. */
  private final @Nullable Duration retryAfter;

  /** The key whose limiter rejected the call, shortened and escaped; null if there is no key. */
  private @Nullable String key; // written in a constructor, and by withKey before it is published

  /**
   * Creates a rejection without a key and without a cause.
   *
   * @param limiter the name of the policy that rejected the call
   * @param reason why the call was rejected
   * @param retryAfter the time until the request could be granted; null if unknown
   */
  public RejectedException(String limiter, Reason reason, @Nullable Duration retryAfter) {
    this(limiter, reason, retryAfter, null, null);
  }

  /**
   * Creates a rejection.
   *
   * @param limiter the name of the policy that rejected the call
   * @param reason why the call was rejected
   * @param retryAfter the time until the request could be granted; null if unknown
   * @param key the key whose limiter rejected the call; null if there is no key. The message
   *     contains at most 64 characters of it, with control and invisible characters escaped
   * @param cause what led to the rejection, for example the failure that opened a breaker; null if
   *     there is none
   */
  public RejectedException(
      String limiter,
      Reason reason,
      @Nullable Duration retryAfter,
      @Nullable Object key,
      @Nullable Throwable cause) {
    super(null, cause, true, STACK_TRACES); // getMessage() makes the message if it is asked for
    this.limiter = requireNonNull(limiter, "limiter");
    this.reason = requireNonNull(reason, "reason");
    this.retryAfter = retryAfter;
    this.key = shortened(key);
  }

  /**
   * Returns the name of the policy that rejected the call.
   *
   * @return the name
   */
  public String limiter() {
    return limiter;
  }

  /**
   * Returns why the call was rejected.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns the key whose limiter rejected the call, shortened to 64 characters, with control and
   * invisible characters escaped. Meant for logs and messages, not for look-ups.
   *
   * @return the key; empty if the rejecting policy has no keys
   */
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }

  /**
   * Returns a copy of this rejection that names a key. The copy has the same class, reason, cause
   * and stack trace; this rejection is unchanged, as it may be shared. For limiters of many keys.
   *
   * @param key the key whose limiter rejected the call; shortened and escaped as by the constructor
   * @return the copy
   */
  public final RejectedException withKey(Object key) {
    try {
      RejectedException copy = (RejectedException) clone(); // keeps what subclasses add
      copy.key = shortened(requireNonNull(key, "key"));
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e); // this class is Cloneable
    }
  }

  @Override
  public String getMessage() {
    return message(limiter, reason, retryAfter, key);
  }

  /**
   * Returns the time until the request could be granted, if no waiter leaves the queue and no
   * setting changes. If the caller retries sooner and may wait, it joins the queue; if it retries
   * later, other callers may have come first.
   *
   * @return the time; empty if unknown
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /**
   * Returns {@link #retryAfter} in whole seconds, rounded up, as the HTTP header {@code
   * Retry-After} needs it.
   *
   * @return the number of seconds; empty if unknown
   */
  public OptionalLong retryAfterSeconds() {
    if (retryAfter == null) {
      return OptionalLong.empty();
    }
    long seconds = retryAfter.getSeconds();
    boolean roundUp = retryAfter.getNano() > 0 && seconds < Long.MAX_VALUE;
    return OptionalLong.of(roundUp ? seconds + 1 : seconds);
  }

  private static @Nullable String shortened(@Nullable Object key) {
    if (key == null) {
      return null;
    }
    String text;
    try {
      text = String.valueOf(key);
    } catch (RuntimeException e) { // a key's toString() that throws must not replace the rejection
      text = key.getClass().getName();
    }
    return MessageText.escape(text, MAX_KEY_LENGTH);
  }

  private static String message(
      String limiter, Reason reason, @Nullable Duration retryAfter, @Nullable String key) {
    String why =
        switch (reason) {
          case RATE -> "its rate is used up";
          case CONCURRENCY -> "the maximum number of concurrent calls is running";
          case QUEUE_FULL -> "its wait queue is full";
          case TOO_MANY_KEYS -> "the maximum number of keys is in use";
          case CIRCUIT_OPEN ->
              retryAfter == null
                  ? "its circuit is open or all its probes are running"
                  : "its circuit is open";
          case CLOSED -> "it is closed";
          case UNAVAILABLE -> "the server that decides for all machines cannot be reached";
        };
    String where = key == null ? "" : " for key '" + key + "'";
    String when = retryAfter == null ? "" : "; retry after " + retryAfter;
    return "limiter '"
        + limiter
        + "' rejected the call"
        + where
        + " ("
        + reason
        + "): "
        + why
        + when;
  }
}
