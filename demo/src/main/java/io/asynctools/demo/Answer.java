package io.asynctools.demo;

import java.net.http.HttpResponse;

/** What an answer of the gateway means to the client. */
enum Answer {
  /** 200. */
  GOOD,
  /** 429: the client asked for too much. */
  REFUSED,
  /**
   * 503 with Retry-After: the gateway's breaker is open. An upstream's own 503 has no such field.
   */
  CIRCUIT_OPEN,
  /** Any other. */
  ERROR;

  static Answer of(HttpResponse<?> response) {
    return switch (response.statusCode()) {
      case 200 -> GOOD;
      case 429 -> REFUSED;
      case 503 -> response.headers().firstValue("Retry-After").isPresent() ? CIRCUIT_OPEN : ERROR;
      default -> ERROR;
    };
  }
}
