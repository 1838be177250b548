package io.asynctools.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Changes of state as a listener wrote them down, each as {@code from>to}. */
final class Paths {
  private Paths() {}

  /** Each change begins where the one before has ended, the first in CLOSED, and is a change. */
  static void areConnected(List<String> changes) {
    String at = "CLOSED";
    for (int i = 0; i < changes.size(); i++) {
      String[] ends = changes.get(i).split(">", -1);
      assertThat(ends[0]).as("where change %s of %s begins", i, changes.size()).isEqualTo(at);
      assertThat(ends[1]).as("where change %s goes", i).isNotEqualTo(at);
      at = ends[1];
    }
  }
}
