package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.MessageText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An exact rate: a number of permits per period. Two rates are equal if both their parts are;
 * {@code 60/m} and {@code 1/s} are different ways to say the same rate. Only {@link #parse} rounds,
 * and only decimal fractions with more digits than a limiter can count by.
 *
 * @param permits how many permits a period brings, at least 1
 * @param period how long a period is, more than zero
 */
public record Rate(long permits, Duration period) {
  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
  private static final String ACCEPTED =
      "accepted is <decimal>/[<integer>]<ns|us|ms|s|m|h|d>, for example 100/s, 5/m, 1/10s or 2.5/s";
  private static final Pattern TEXT =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)/([0-9]*)(ns|us|ms|s|m|h|d)");
  private static final int MAX_LENGTH = 200; // longer text is no rate, and costs time to read
  private static final BigInteger LONGEST_PERIOD = nanos(Duration.ofDays(36_525));
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ns", Duration.ofNanos(1),
          "us", Duration.ofNanos(1_000),
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  /**
   * Makes a rate.
   *
   * @param permits how many permits a period brings, at least 1
   * @param period how long a period is, more than zero
   * @throws IllegalArgumentException if either part is not positive
   */
  public Rate {
    requireNonNull(period, "period");
    if (permits < 1) {
      throw new IllegalArgumentException(
          "rate must be positive, was " + text(BigInteger.valueOf(permits), period));
    }
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException(
          "the period of a rate must be positive, was "
              + period
              + " (for "
              + permits
              + " permits)");
    }
  }

  /**
   * A rate per second.
   *
   * @param permits how many permits a second brings, at least 1
   * @return the rate
   * @throws IllegalArgumentException if {@code permits} is below 1
   */
  public static Rate perSecond(long permits) {
    return new Rate(permits, Duration.ofSeconds(1));
  }

  /**
   * Reads a rate: {@code <decimal>/[<integer>]<ns|us|ms|s|m|h|d>}. The decimal may have an
   * exponent, as in {@code 5.0E-4/s}, which is how Java prints a double.
   *
   * <p>A whole number is kept as written: {@code 100/10s} is 100 per 10 s. A fraction is taken in
   * lowest terms: {@code 2.5/s} is 5 per 2 s. If the period in lowest terms is longer than a
   * century (36525 days), limiters could not count by it. The rate is then rounded down, never up,
   * to the nearest rate whose period is not longer. Its relative error is below 10<sup>-18</sup>.
   * {@code 0.7692307692307693/s} is such a rate.
   *
   * @param text the text, as {@code 100/s}, {@code 5/m}, {@code 1000/h}, {@code 1/10s} or {@code
   *     2.5/s}
   * @return the rate
   * @throws IllegalArgumentException if the text is no rate, or the rate is not positive, or its
   *     permits or its period's seconds do not fit a {@code long}
   */
  public static Rate parse(String text) {
    requireNonNull(text, "text");
    Matcher matcher = TEXT.matcher(text);
    if (text.length() > MAX_LENGTH || !matcher.matches()) {
      throw new IllegalArgumentException(
          "not a rate: " + MessageText.quote(text) + "; " + ACCEPTED);
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    if (number.signum() == 0) {
      throw new IllegalArgumentException("rate must be positive, was " + text + "; " + ACCEPTED);
    }
    number = number.setScale(Math.max(number.scale(), 0)); // 1e3 is 1000
    BigInteger units =
        matcher.group(2).isEmpty() ? BigInteger.ONE : new BigInteger(matcher.group(2));
    if (units.signum() == 0) {
      throw new IllegalArgumentException(
          "the period of a rate must be positive, was " + text + "; " + ACCEPTED);
    }
    BigInteger unit = units.multiply(nanos(requireNonNull(UNITS.get(matcher.group(3)))));
    BigInteger numerator = number.unscaledValue();
    BigInteger denominator = BigInteger.TEN.pow(number.scale());
    BigInteger common = numerator.gcd(denominator);
    BigInteger permits = numerator.divide(common);
    BigInteger period = denominator.divide(common).multiply(unit);
    try {
      if (denominator.compareTo(common) > 0) { // a fraction
        Rate rounded = roundedDown(permits, period);
        if (rounded != null) {
          return rounded;
        }
      }
      return new Rate(permits.longValueExact(), duration(period));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "rate out of range: "
              + MessageText.quote(text)
              + "; permits and the seconds of the period must fit a 64-bit number; "
              + ACCEPTED,
          e);
    }
  }

  /**
   * The largest fraction that is not above {@code permits / nanos} and has a denominator of at most
   * {@link #LONGEST_PERIOD}. The rate's continued fraction says how often each of two neighbours,
   * {@code p/q} below and {@code r/s} above the rate, moves towards the other (the Stern-Brocot
   * tree). It ends where {@code q + s} passes the bound. Since {@code rq - ps = 1}, the relative
   * error is at most {@code 1/ps}, that is about two by the bound.
   *
   * @return null if the rate need not be rounded, is above a permit a nanosecond, or is below one
   *     permit in {@link #LONGEST_PERIOD}
   */
  private static @Nullable Rate roundedDown(BigInteger permits, BigInteger nanos) {
    BigInteger common = permits.gcd(nanos);
    if (nanos.divide(common).compareTo(LONGEST_PERIOD) <= 0 || permits.compareTo(nanos) > 0) {
      return null;
    }
    BigInteger above = permits;
    BigInteger below = nanos;
    BigInteger p = BigInteger.ZERO;
    BigInteger q = BigInteger.ONE;
    BigInteger r = BigInteger.ONE;
    BigInteger s = BigInteger.ZERO;
    boolean lowMoves = true;
    while (true) {
      BigInteger[] split = above.divideAndRemainder(below);
      BigInteger moves = split[0];
      BigInteger room = LONGEST_PERIOD.subtract(lowMoves ? q : s);
      BigInteger step = lowMoves ? s : q;
      boolean last = step.signum() > 0 && moves.multiply(step).compareTo(room) > 0;
      if (last) {
        moves = room.divide(step);
      }
      if (lowMoves) {
        p = p.add(moves.multiply(r));
        q = q.add(moves.multiply(s));
      } else {
        r = r.add(moves.multiply(p));
        s = s.add(moves.multiply(q));
      }
      if (last) {
        break;
      }
      above = below;
      below = split[1];
      lowMoves = !lowMoves;
    }
    return p.signum() == 0 ? null : new Rate(p.longValueExact(), duration(q));
  }

  /**
   * The rate as {@link #parse} reads it.
   *
   * @return for example {@code 100/s} or {@code 1/10s}
   */
  @Override
  public String toString() {
    return text(BigInteger.valueOf(permits), period);
  }

  private static String text(BigInteger permits, Duration period) {
    BigInteger nanos = nanos(period);
    String unit = "ns";
    BigInteger units = nanos;
    for (String larger : new String[] {"us", "ms", "s", "m", "h", "d"}) {
      BigInteger[] split = nanos.divideAndRemainder(nanos(requireNonNull(UNITS.get(larger))));
      if (split[1].signum() != 0) {
        break;
      }
      unit = larger;
      units = split[0];
    }
    return permits + "/" + (units.equals(BigInteger.ONE) ? "" : units) + unit;
  }

  private static BigInteger nanos(Duration duration) {
    return BigInteger.valueOf(duration.getSeconds())
        .multiply(NANOS_PER_SECOND)
        .add(BigInteger.valueOf(duration.getNano()));
  }

  private static Duration duration(BigInteger nanos) {
    BigInteger[] split = nanos.divideAndRemainder(NANOS_PER_SECOND);
    return Duration.ofSeconds(split[0].longValueExact(), split[1].longValueExact());
  }

  // Written out: of the generated form the JDK keeps the last class it ran on, and so its loader.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Rate that && permits == that.permits && period.equals(that.period);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(permits) + period.hashCode();
  }
}
