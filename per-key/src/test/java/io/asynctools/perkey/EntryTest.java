package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What an entry says of itself, from before its limiter is made until it is forgotten.
 *
 * <p>Promises: Per key 1, Per key 3.
 */
@Tag("unit")
class EntryTest {
  private final Creation creation = new Creation();
  private final Entry<String, FakeLimiter> entry = new Entry<>("a", 1, creation);
  private final FakeLimiter limiter = FakeLimiter.idle();

  @Test
  void oneThatIsBeingMadeIsNotLiveAndHasNoPlace() {
    assertThat(entry.creation()).isSameAs(creation);
    assertThat(entry.limiterIfMade()).isNull();
    assertThat(entry.pin()).isFalse();
    assertThat(entry.leavesItsPlace()).isFalse();
  }

  @Test
  void oneThatWasGivenUpIsAsRetiredAndHasNoPlace() {
    entry.giveUp();
    assertThat(entry.creation()).isNull();
    assertThat(entry.limiterIfMade()).isNull();
    assertThat(entry.pin()).isFalse();
    assertThat(entry.isRetired()).isTrue();
    assertThat(entry.leavesItsPlace()).isFalse();
  }

  @Test
  void oneThatIsLiveCannotBeGivenUpAndIsPinnedByItsMaker() {
    entry.become(limiter);
    entry.giveUp();
    assertThat(entry.creation()).isNull();
    assertThat(entry.limiterIfMade()).isSameAs(limiter);
    assertThat(entry.isRetired()).isFalse();
    assertThat(entry.retire(0, 0)).as("while its maker uses it").isFalse();
    assertThat(entry.pin()).isTrue();
    entry.unpin();
    entry.unpin();
    assertThat(entry.retire(0, 0)).isTrue();
    assertThat(entry.limiterIfMade()).as("whoever closes all closes it").isSameAs(limiter);
  }

  @Test
  void aRetiredOneIsRetiredForGoodAndLeavesItsPlaceOnce() {
    entry.become(limiter);
    entry.unpin();
    assertThat(entry.retire(0, 0)).isTrue();
    assertThat(entry.retire(0, 0)).isFalse();
    for (int i = 0; i < 10; i++) {
      assertThat(entry.pin()).isFalse();
    }
    assertThat(entry.isRetired()).isTrue();
    assertThat(entry.leavesItsPlace()).isTrue();
    assertThat(entry.leavesItsPlace()).isFalse();
  }
}
