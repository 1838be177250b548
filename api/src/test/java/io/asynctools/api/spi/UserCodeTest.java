package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.Logged;
import io.asynctools.testkit.Logged.Entry;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A listener or predicate that throws is logged once, and changes nothing else.
 *
 * <p>Promises: All 14.
 */
@Tag("unit")
class UserCodeTest {
  private static final String ONCE = "onStateChange of 'payments' threw; it is not logged again";

  private final UserCode code = new UserCode("onStateChange", "payments");
  private final RuntimeException first = new IllegalStateException("first");

  private static RuntimeException thrown(Throwable error) {
    if (error instanceof Error fatal) {
      throw fatal;
    }
    throw (RuntimeException) error;
  }

  private void throwing(Throwable error) {
    code.run(
        () -> {
          throw thrown(error);
        });
  }

  private boolean asking(Throwable error, boolean ifItThrows) {
    return code.ask(
        () -> {
          throw thrown(error);
        },
        ifItThrows);
  }

  @Test
  void codeThatDoesNotThrowRunsAndIsNotLogged() {
    AtomicInteger ran = new AtomicInteger();
    try (Logged log = new Logged()) {
      code.run(ran::incrementAndGet);
      assertThat(code.<String>ask(() -> "yes", "no")).isEqualTo("yes");
      assertThat(code.<String>ask(() -> null, "no")).isNull();
      assertThat(ran).hasValue(1);
      assertThat(log.entries()).isEmpty();
    }
  }

  @Test
  void onlyTheFirstThrowIsLoggedWithTheName() {
    try (Logged log = new Logged()) {
      throwing(first);
      throwing(new IllegalStateException("second"));
      assertThat(asking(new IllegalStateException("third"), true)).isTrue();
      assertThat(log.entries()).containsExactly(new Entry(ONCE, first));
    }
  }

  @Test
  void anErrorChangesNothingEither() {
    Error error = new StackOverflowError("listener");
    try (Logged log = new Logged()) {
      throwing(error);
      assertThat(log.entries()).containsExactly(new Entry(ONCE, error));
    }
  }

  @Test
  void aQuestionThatThrowsHasTheAnswerItWasGiven() {
    try (Logged log = new Logged()) {
      assertThat(asking(first, true)).isTrue();
      assertThat(asking(new AssertionError("predicate"), false)).isFalse();
      assertThat(log.entries()).containsExactly(new Entry(ONCE, first));
    }
  }

  @Test
  void ofManyThreadsThatThrowAtOnceOneIsLogged() throws Exception {
    try (Logged log = new Logged()) {
      Others.runTogether(
          4,
          () -> {
            for (int i = 0; i < 100; i++) {
              throwing(first);
            }
          });
      assertThat(log.entries()).containsExactly(new Entry(ONCE, first));
    }
  }

  @Test
  void eachHasALogEntryOfItsOwn() {
    try (Logged log = new Logged()) {
      throwing(first);
      new UserCode("retryIf", "search")
          .run(
              () -> {
                throw first;
              });
      assertThat(log.entries())
          .containsExactly(
              new Entry(ONCE, first),
              new Entry("retryIf of 'search' threw; it is not logged again", first));
    }
  }
}
