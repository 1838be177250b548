package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterConfig;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many buckets that are built alike share what can be shared, and calls make nothing.
 *
 * <p>Promises: All 13.
 */
@Tag("unit")
class SmallTest {

  @Test
  void aConfigurationIsReadOnceForManyBuckets() {
    Supplier<TokenBucketRateLimiter> buckets = prepared(Map.of("rate", "1/d", "capacity", "2"));
    TokenBucketRateLimiter one = buckets.get();
    TokenBucketRateLimiter other = buckets.get();
    assertThat(one).isNotSameAs(other).extracting("rule").isSameAs(rule(other));
    assertThat(one.tryAcquire(2)).isPresent();
    assertThat(one.tryAcquire()).isEmpty();
    assertThat(other.availableTokens()).isEqualTo(2);
    assertThat(other.name()).isEqualTo("token-bucket");
  }

  @Test
  void aWrongConfigurationIsRefusedBeforeTheFirstBucket() {
    assertThatThrownBy(() -> prepared(Map.of("rate", "1/d", "capacity", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity");
  }

  @Test
  void grantsAtOnceAreAlwaysTheSameObjects() { // so that nothing is allocated for them
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(1)).capacity(9).build();
    assertThat(bucket.tryAcquire()).isSameAs(bucket.tryAcquire(2)).isPresent();
    assertThat(bucket.acquire()).isSameAs(bucket.acquire(2)).isCompleted();
  }

  private static Object rule(TokenBucketRateLimiter bucket) {
    return org.assertj.core.util.introspection.FieldSupport.extraction()
        .fieldValue("rule", Object.class, bucket);
  }

  private static Supplier<TokenBucketRateLimiter> prepared(Map<String, String> options) {
    return new TokenBucketProvider()
        .prepare(LimiterConfig.of("many", options, LimiterEnvironment.system()));
  }
}
