package io.asynctools.demo;

import java.time.Duration;

/**
 * How much is asked over time: a ramp from half of the capacity up to the plateau in the first
 * third, then the plateau, with a burst on it. A function of time alone, so that what is asked does
 * not depend on how it is answered.
 *
 * @param length how long it lasts
 * @param from requests a second at the start
 * @param plateau requests a second after the ramp
 * @param burst requests a second in the burst, from 60 % to 70 % of the length
 */
record LoadProfile(Duration length, double from, double plateau, double burst) {

  /** Two and a half times what the upstream can do, three times in the burst. */
  static LoadProfile overload(Duration length, double capacity) {
    return new LoadProfile(length, capacity / 2, capacity * 2.5, capacity * 3);
  }

  /** Half of what the upstream can do. */
  static LoadProfile easy(Duration length, double capacity) {
    return even(length, capacity / 2);
  }

  /** So many requests a second all the time. */
  static LoadProfile even(Duration length, double perSecond) {
    return new LoadProfile(length, perSecond, perSecond, perSecond);
  }

  /** Requests a second at a time since the start. */
  double rateAt(long elapsedNanos) {
    double done = (double) elapsedNanos / length.toNanos();
    if (done < 1 / 3.0) {
      return from + (plateau - from) * done * 3;
    }
    return done >= 0.6 && done < 0.7 ? burst : plateau;
  }

  /** When the next request is due after the one that was due then. */
  long nextAfter(long elapsedNanos) {
    return elapsedNanos + Math.max(1, Math.round(1e9 / rateAt(elapsedNanos)));
  }
}
