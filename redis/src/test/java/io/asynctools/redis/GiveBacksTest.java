package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is remembered of answers: of two grants of one mark, the one of which less is known counts.
 *
 * <p>Promises: Redis 3.
 */
@Tag("unit")
class GiveBacksTest {
  private final Fixture it = new Fixture("1/s", 10, OnFailure.LOCAL);
  private final GiveBacks giveBacks =
      new GiveBacks(it.shared, "key", it.shared.plans::current, () -> {});

  @Test
  void anAnswerIsRememberedByItsMark() {
    giveBacks.remember(10, 5);
    giveBacks.remember(11, 6);
    assertThat(giveBacks.returnedBefore(10)).isEqualTo(5);
    assertThat(giveBacks.returnedBefore(11)).isEqualTo(6);
    assertThat(giveBacks.returnedBefore(12)).isZero();
  }

  @Test
  void ofTwoAnswersOfOneMarkTheLeastCounts() {
    giveBacks.remember(10, 5);
    giveBacks.remember(10, 3);
    giveBacks.remember(10, 7);
    assertThat(giveBacks.returnedBefore(10)).isEqualTo(3);
  }

  @Test
  void oneBeforeWhichNothingWasGivenBackIsNoneTheLessOne() {
    giveBacks.remember(10, 0);
    giveBacks.remember(10, 5);
    assertThat(giveBacks.returnedBefore(10)).isZero();
  }

  @Test
  void whatIsForgottenTellsNothingOfAnEqualMark() {
    giveBacks.remember(10, 3);
    for (int mark = 11; mark <= 17; mark++) {
      giveBacks.remember(mark, 4);
    }
    assertThat(giveBacks.returnedBefore(10)).isEqualTo(3);
    giveBacks.remember(18, 4);
    giveBacks.remember(10, 5);
    assertThat(giveBacks.returnedBefore(10)).isZero();
    assertThat(giveBacks.returnedBefore(18)).isEqualTo(4);
  }
}
