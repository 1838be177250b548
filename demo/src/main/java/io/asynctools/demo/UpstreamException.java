package io.asynctools.demo;

/**
 * The upstream answered, and the answer is that it failed. To an HTTP client a 500 is a response
 * like any other; as an exception, a retry and a breaker know it for a failure.
 */
final class UpstreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /** Without a stack trace, which would name the client's threads and nothing else. */
  UpstreamException(int status) {
    super("the upstream answered " + status, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
