package io.asynctools.redis;

/** What is done while Redis does not answer. */
public enum OnFailure {
  /** Everybody is admitted. */
  OPEN,
  /** Everybody is refused. */
  CLOSED,
  /** A token bucket of this machine's share admits. */
  LOCAL
}
