package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.ManualTime;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a limiter and its futures look like in a log: they printed as {@code Rule@1a2b3c}. */
@Tag("unit")
class OneLineTest {
  private final Rule rule = new Rule(new ManualTime());

  @Test
  void aLimiterSaysItsKindNameWaitersAndWhetherItIsClosed() {
    assertThat(rule).hasToString("Rule[name=rule, waiters=0, closed=false]");

    rule.acquire();
    assertThat(rule).hasToString("Rule[name=rule, waiters=1, closed=false]");

    rule.close();
    assertThat(rule).hasToString("Rule[name=rule, waiters=0, closed=true]");
  }

  @Test
  void aStrategyThatThrowsHidesOnlyItsState() {
    class Throwing extends Rule {
      Throwing() {
        super(new ManualTime());
      }

      @Override
      protected String describeState() {
        throw new IllegalStateException("on purpose");
      }
    }

    assertThat(new Throwing())
        .hasToString("Throwing[name=rule, state=unknown, waiters=0, closed=false]");
  }

  @Test
  void futuresSayHowFarTheyAre() {
    CompletableFuture<?> waiter = rule.acquire(2);
    CompletableFuture<?> call = rule.execute(() -> CompletableFuture.completedFuture("value"));
    assertThat(waiter).hasToString("Waiter[limiter=rule, permits=2, state=pending]");
    assertThat(call).hasToString("CallFuture[state=pending]");

    waiter.cancel(false);
    rule.close();
    assertThat(waiter).hasToString("Waiter[limiter=rule, permits=2, state=cancelled]");
    assertThat(SpentPermit.FUTURE).hasToString("GrantedFuture[state=completed]");
  }
}
