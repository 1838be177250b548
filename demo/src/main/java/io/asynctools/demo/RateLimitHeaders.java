package io.asynctools.demo;

import com.sun.net.httpserver.Headers;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.RejectedException;
import java.time.Duration;

/**
 * The header fields that tell a client about a limit: {@code RateLimit-Policy} and {@code
 * RateLimit} of draft-ietf-httpapi-ratelimit-headers-11 (sections 3 and 4: lists of structured
 * strings with the parameters q, w and r, t, whole seconds throughout), and {@code Retry-After} of
 * RFC 9110, section 10.2.3.
 */
final class RateLimitHeaders {
  private final QuotaPolicy policy;
  private final AsyncRateLimiter limiter;
  private final String policyField;

  RateLimitHeaders(QuotaPolicy policy, AsyncRateLimiter limiter) {
    this.policy = policy;
    this.limiter = limiter;
    this.policyField = policyField(policy);
  }

  /** The name of the limit. */
  String limit() {
    return policy.name();
  }

  /** On an answer to a request that was admitted: what is left. */
  void describe(Headers headers) {
    long remaining = remaining();
    long seconds =
        remaining < policy.capacity()
            ? wholeSeconds(limiter.estimateWait(remaining + 1)) // until there is more than that
            : policy.secondsPerRequest();
    headers.set("RateLimit-Policy", policyField);
    headers.set("RateLimit", limitField(policy.name(), remaining, seconds));
  }

  /**
   * On an answer to a request that was refused: when to come back. The draft (section 6) asks that
   * this is no earlier than the end of the effective window, so both are the same number.
   */
  void describe(Headers headers, RejectedException refusal) {
    long seconds = retryAfter(refusal);
    headers.set("RateLimit-Policy", policyField);
    headers.set("RateLimit", limitField(policy.name(), 0, seconds));
  }

  /** The value of Retry-After: whole seconds, rounded up, so that nobody comes back too early. */
  static long retryAfter(RejectedException refusal) {
    return wholeSeconds(refusal.retryAfter().orElse(Duration.ZERO));
  }

  /**
   * How many requests would be admitted now. The api has no such number for any limiter, but the
   * most that need not wait is the same thing, and for a bucket of 10 it takes 4 questions; one
   * where nothing is left. A hint, as all of the RateLimit field: others may be quicker.
   */
  private long remaining() {
    if (!limiter.estimateWait(1).isZero()) {
      return 0;
    }
    long atLeast = 1;
    long atMost = policy.capacity();
    while (atLeast < atMost) {
      long middle = atMost - (atMost - atLeast) / 2;
      if (limiter.estimateWait(middle).isZero()) {
        atLeast = middle;
      } else {
        atMost = middle - 1;
      }
    }
    return atLeast;
  }

  static String policyField(QuotaPolicy policy) {
    return string(policy.name()) + ";q=" + policy.quota() + ";w=" + policy.windowSeconds();
  }

  static String limitField(String name, long remaining, long seconds) {
    return string(name) + ";r=" + remaining + ";t=" + seconds;
  }

  /** Rounded up, and at least 1. */
  static long wholeSeconds(Duration duration) {
    return Math.max(1, duration.toSeconds() + (duration.toNanosPart() > 0 ? 1 : 0));
  }

  /** A String of RFC 9651, section 3.3.3: printable ASCII, quotes and backslashes escaped. */
  private static String string(String name) {
    StringBuilder field = new StringBuilder("\"");
    name.chars()
        .forEach(
            c -> {
              if (c < 0x20 || c > 0x7e) {
                throw new IllegalArgumentException(
                    "the name of a limit that clients are told must be printable ASCII, was '"
                        + name
                        + "'");
              }
              if (c == '"' || c == '\\') {
                field.append('\\');
              }
              field.append((char) c);
            });
    return field.append('"').toString();
  }
}
