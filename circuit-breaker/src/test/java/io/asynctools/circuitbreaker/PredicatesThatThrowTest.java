package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A predicate that throws says "a failure", is logged once and disturbs nothing.
 *
 * <p>Promises: All 14.
 */
@Tag("unit")
class PredicatesThatThrowTest {
  private final ManualTime time = new ManualTime();

  static List<Throwable> thrown() {
    return List.of(new IllegalStateException("of a predicate"), new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void aPredicateOnErrorsThatThrowsCountsAFailure(Throwable thrown) throws Exception {
    CircuitBreaker breaker =
        breakerOn(time)
            .failureThreshold(3)
            .recordFailureIf(
                error -> {
                  Steps.sneakily(thrown);
                  return false;
                })
            .build();
    try (Logged logged = new Logged()) {
      fail(breaker, 2);
      assertThat(breaker.failureCount()).isEqualTo(2);
      fail(breaker);
      assertThat(breaker.state()).isEqualTo(State.OPEN);
      time.advance(TIMEOUT);
      fail(breaker);
      assertThat(breaker.state()).isEqualTo(State.OPEN);
      assertThat(logged.entries()).hasSize(1);
      assertThat(logged.entries().get(0).message())
          .contains("recordFailureIf of '" + Steps.NAME + "'");
    }
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void aPredicateOnValuesThatThrowsCountsAFailure(Throwable thrown) throws Exception {
    CircuitBreaker breaker =
        breakerOn(time)
            .failureThreshold(3)
            .recordFailureIfResult(
                result -> {
                  Steps.sneakily(thrown);
                  return false;
                })
            .build();
    try (Logged logged = new Logged()) {
      for (int i = 0; i < 3; i++) {
        succeed(breaker); // its caller gets the value all the same
      }
      assertThat(breaker.state()).isEqualTo(State.OPEN);
      assertThat(logged.entries()).hasSize(1);
      assertThat(logged.entries().get(0).message())
          .contains("recordFailureIfResult")
          .contains(Steps.NAME);
    }
  }
}
