package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The buckets of many keys share what they are built with, though each is built from scratch.
 *
 * <p>Promises: All 13.
 */
@Tag("unit")
class LastBuiltTest {
  private static TokenBucketRateLimiter.Builder builder() {
    return TokenBucketRateLimiter.builder(Rate.perSecond(10)).capacity(20);
  }

  @Test
  void bucketsBuiltAlikeShareTheirRuleAndTheirSettings() {
    assertThat(builder().rule()).isSameAs(builder().rule());
    assertThat(builder().settings()).isSameAs(builder().settings());
    assertThat(builder().maxWait(Duration.ofSeconds(1)).settings())
        .isSameAs(builder().maxWait(Duration.ofSeconds(1)).settings());
  }

  @Test
  void bucketsBuiltOtherwiseDoNot() {
    assertThat(builder().rule()).isNotSameAs(builder().capacity(21).rule());
    assertThat(builder().settings().maxWait()).isNull();
    assertThat(builder().maxWait(Duration.ZERO).settings().maxWait()).isZero();
    assertThat(builder().settings().maxWait()).isNull();
  }

  /** A clock, an executor or a name is the user's, and may hold an application. */
  @Test
  void nothingOfTheUsersIsKept() {
    ManualTime time = new ManualTime();
    assertThat(builder().timeSource(time).settings())
        .isNotSameAs(builder().timeSource(time).settings());
    assertThat(builder().executor(time).settings())
        .isNotSameAs(builder().executor(time).settings());
    assertThat(builder().name("mine").settings()).isNotSameAs(builder().name("mine").settings());
  }

  @Test
  void oneThatIsReconfiguredLeavesTheOthersAlone() {
    ManualTime time = new ManualTime();
    TokenBucketRateLimiter one = builder().timeSource(time).build();
    TokenBucketRateLimiter other = builder().timeSource(time).build();
    one.reconfigure(Rate.perSecond(1), 2);
    assertThat(one.availableTokens()).isEqualTo(2);
    assertThat(other.availableTokens()).isEqualTo(20);
    assertThat(builder().timeSource(time).build().availableTokens()).isEqualTo(20);
  }
}
