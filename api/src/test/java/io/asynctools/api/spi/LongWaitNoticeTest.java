package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A wait of over a minute that nothing bounds was silent: the log says it once.
 *
 * <p>Promises: All 8.
 */
@Tag("unit")
class LongWaitNoticeTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private final ManualTime time = new ManualTime();
  private final Logged log = new Logged();
  private final Rule rule = new Rule(time);

  @AfterEach
  void leaveTheLog() {
    log.close();
  }

  @Test
  void aKnownWaitOfOverAMinuteIsLoggedOnceWithTheOptionThatBoundsIt() {
    rule.wait = MINUTE + 1;

    rule.acquire();
    rule.acquire();
    rule.acquire();

    assertThat(log.entries())
        .singleElement()
        .extracting(Logged.Entry::message)
        .asString()
        .contains("'rule'", "PT1M", "maxWait", "'max-wait'");
  }

  @Test
  void aMinuteIsNotLogged() {
    rule.wait = MINUTE;

    rule.acquire();

    assertThat(log.entries()).isEmpty();
  }

  @Test
  void aWaitWithABoundIsNotLogged() {
    rule.wait = 2 * MINUTE;

    rule.acquire(1, Duration.ofHours(1));

    assertThat(log.entries()).isEmpty();
  }

  @Test
  void aRuleThatThrowsWhenItIsAskedForTheWaitLosesNoWaiter() {
    Rule throwing =
        new Rule(time) {
          @Override
          protected long nanosUntil(long permits) {
            if (waiters() > 1) {
              throw new IllegalStateException("on purpose");
            }
            return UNKNOWN;
          }
        };
    throwing.acquire();

    assertThat(throwing.acquire()).isNotDone();
    assertThat(throwing.waiters()).isEqualTo(2);
  }

  @Test
  void anUnknownWaitIsLoggedOnceIfNothingIsGrantedForAMinute() {
    rule.acquire();
    time.advance(Duration.ofSeconds(61));

    for (int i = 0; i < 20; i++) {
      rule.acquire();
    }

    assertThat(log.entries())
        .singleElement()
        .extracting(Logged.Entry::message)
        .asString()
        .contains("'rule'", "granted", "PT1M1S", "maxWait", "'max-wait'");
  }

  @Test
  void anUnknownWaitIsNotLoggedWhileWaitersAreGranted() {
    rule.acquire();
    rule.acquire();
    for (int i = 0; i < 5; i++) {
      time.advance(Duration.ofSeconds(50));
      rule.refusals = 0;
      rule.look();
      rule.refusals = Integer.MAX_VALUE;
      for (int n = 0; n < 4; n++) {
        rule.acquire();
      }
    }

    assertThat(log.entries()).isEmpty();
  }

  @Test
  void aWaitQueueThatWasEmptyMeanwhileStandsStillOnlySinceItsFirstWaiter() {
    rule.acquire().cancel(false);
    time.advance(Duration.ofSeconds(61));

    for (int i = 0; i < 20; i++) {
      rule.acquire();
    }

    assertThat(log.entries()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1_000})
  void limitersThatShareANoticeLogOnce(int limiters) {
    LongWaitNotice shared = new LongWaitNotice();
    for (int i = 0; i < limiters; i++) {
      Rule one = new Rule(time);
      one.wait = 2 * MINUTE;
      shared.shareWith(one);
      one.acquire();
      one.acquire();
    }

    assertThat(log.entries()).hasSize(1);
  }

  @Test
  void aRuleThatAnswersLaterLogsOnceItsHeadWasRejected() {
    DeferredRateLimiterBase later =
        new DeferredRateLimiterBase(
            LimiterSettings.of(io.asynctools.api.LimiterEnvironment.system(), "later")
                .withTimeSource(time)
                .withExecutor(time)) {
          @Override
          protected void request(long permits, Answer answer) {
            answer.denied(2 * MINUTE);
          }

          @Override
          protected long undo(long permits, long mark, long returned) {
            return 0;
          }

          @Override
          protected long maxPermits() {
            return 1;
          }

          @Override
          protected boolean idle() {
            return true;
          }
        };

    later.acquire(1, Duration.ofMillis(1));
    later.acquire();
    later.acquire();
    time.advance(Duration.ofMinutes(5));

    assertThat(log.entries())
        .singleElement()
        .extracting(Logged.Entry::message)
        .asString()
        .contains("'later'", "PT2M", "'max-wait'");
  }
}
