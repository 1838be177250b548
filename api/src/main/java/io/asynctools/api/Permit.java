package io.asynctools.api;

/**
 * Permission for one call. Whoever holds it ends it once the call is over; the first of {@link
 * #release}, {@link #recordSuccess} and {@link #recordFailure} counts, later ones do nothing.
 * Thread-safe: it may be ended by another thread than the one that got it.
 *
 * <p>Where ending a permit has no effect (a spent token stays spent), one permit may be shared by
 * all.
 */
public interface Permit extends AutoCloseable {

  /** The call ended and its outcome is not known. */
  void release();

  /** The call ended well. */
  default void recordSuccess() {
    release();
  }

  /**
   * The call failed.
   *
   * @param error how it failed
   */
  default void recordFailure(Throwable error) {
    release();
  }

  /**
   * The same as {@link #release}, for try-with-resources. A resource closes before a {@code catch}
   * of the same statement runs, so this cannot record an outcome: use {@link AsyncPolicy#call}
   * where the outcome matters.
   */
  @Override
  default void close() {
    release();
  }
}
