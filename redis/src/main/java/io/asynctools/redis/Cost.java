package io.asynctools.redis;

/**
 * An exact length of time: whole microseconds, and so many parts of one, of which the rate's
 * denominator makes a whole.
 */
record Cost(long micros, long parts) {
  static final Cost NONE = new Cost(0, 0);

  boolean isNone() {
    return micros == 0 && parts == 0;
  }
}
