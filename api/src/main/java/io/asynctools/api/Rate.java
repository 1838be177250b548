package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An exact rate: so many permits per period, a fraction that is never rounded. Two rates are equal
 * if both their parts are; {@code 60/m} and {@code 1/s} are different ways to say the same rate.
 *
 * @param permits how many permits a period brings, at least 1
 * @param period how long a period is, more than zero
 */
public record Rate(long permits, Duration period) {
  private static final String ACCEPTED =
      "accepted is <decimal>/[<integer>]<ns|us|ms|s|m|h|d>, for example 100/s, 5/m, 1/10s or 2.5/s";
  private static final Pattern TEXT =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)/([0-9]*)(ns|us|ms|s|m|h|d)");
  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
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
   * Reads a rate: {@code <decimal>/[<integer>]<ns|us|ms|s|m|h|d>}. A whole number is kept as
   * written ({@code 100/10s} is 100 per 10 s), a fraction is taken in lowest terms ({@code 2.5/s}
   * is 5 per 2 s).
   *
   * @param text the text, as {@code 100/s}, {@code 5/m}, {@code 1000/h}, {@code 1/10s} or {@code
   *     2.5/s}
   * @return the rate
   * @throws IllegalArgumentException if the text is no rate, or the rate is not positive
   */
  public static Rate parse(String text) {
    requireNonNull(text, "text");
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a rate: '" + text + "'; " + ACCEPTED);
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    if (number.signum() == 0) {
      throw new IllegalArgumentException("rate must be positive, was " + text + "; " + ACCEPTED);
    }
    BigInteger denominator = BigInteger.TEN.pow(number.scale());
    BigInteger numerator = number.unscaledValue();
    BigInteger common = numerator.gcd(denominator);
    BigInteger units =
        matcher.group(2).isEmpty() ? BigInteger.ONE : new BigInteger(matcher.group(2));
    if (units.signum() == 0) {
      throw new IllegalArgumentException(
          "the period of a rate must be positive, was " + text + "; " + ACCEPTED);
    }
    try {
      long permits = numerator.divide(common).longValueExact();
      BigInteger unit = nanos(requireNonNull(UNITS.get(matcher.group(3))));
      return new Rate(permits, duration(denominator.divide(common).multiply(units).multiply(unit)));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "rate out of range: '"
              + text
              + "'; permits and the seconds of the period must fit a 64-bit number; "
              + ACCEPTED,
          e);
    }
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
