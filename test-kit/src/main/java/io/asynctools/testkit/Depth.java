package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** How deep the stack is in callback after callback, and whether they came in order. */
final class Depth {
  static final int MANY = 100_000;
  private static final int MANY_FRAMES = 1_000;
  private static final int SLACK = 100; // frames; a callback that nests makes thousands

  private int next;
  private long first;
  private long deepest;
  private final List<Integer> outOfOrder = new ArrayList<>();

  void reached(int number) {
    if (number != next++) {
      outOfOrder.add(number);
    }
    if (number % 100 == 0) {
      long depth = StackWalker.getInstance().walk(frames -> frames.limit(MANY_FRAMES).count());
      first = first == 0 ? depth : first;
      deepest = Math.max(deepest, depth);
    }
  }

  void check() {
    assertThat(next).as("%s callbacks must run", MANY).isEqualTo(MANY);
    assertThat(outOfOrder).as("%s callbacks must run in order of arrival", MANY).isEmpty();
    assertThat(deepest)
        .as(
            "the stack of %s callbacks must not be deeper than that of 1, by %s frames",
            MANY, SLACK)
        .isLessThan(first + SLACK);
  }
}
