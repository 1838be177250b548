package io.asynctools.redis;

/** What is done with those who ask while Redis does not answer. */
public enum OnFailure {
  /** Everybody is admitted: the limit does not hold while Redis is away. */
  OPEN,
  /** Everybody is refused, and told when Redis is asked again. */
  CLOSED,
  /** A token bucket of this JVM's share admits, which begins empty. */
  LOCAL
}
