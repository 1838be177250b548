package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.asynctools.testkit.Logged;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a failure means, and what logging one may change. */
@Tag("unit")
class FailuresTest {
  private final Exception real = new Exception("real");

  @Test
  void whatDependentStagesWrappedIsUnwrappedHoweverOften() {
    assertThat(Failures.unwrap(real)).isSameAs(real);
    assertThat(Failures.unwrap(new CompletionException(real))).isSameAs(real);
    assertThat(Failures.unwrap(new CompletionException(new CompletionException(real))))
        .isSameAs(real);
  }

  @Test
  void aWrapperOfNothingIsWhatWentWrong() {
    CompletionException empty = new CompletionException("nothing inside", null);
    assertThat(Failures.unwrap(empty)).isSameAs(empty);
    assertThat(Failures.unwrap(new CompletionException(empty))).isSameAs(empty);
  }

  @Test
  void whatTheCallItselfWrappedStaysWrapped() {
    ExecutionException own = new ExecutionException(real);
    assertThat(Failures.unwrap(new CompletionException(own))).isSameAs(own);
  }

  @Test
  void aCancelAndAnInterruptAreNobodysFailure() {
    assertThat(Failures.isCancel(new CancellationException())).isTrue();
    assertThat(Failures.isCancel(new InterruptedException())).isTrue();
    assertThat(Failures.isCancel(new TimeoutException())).isFalse();
    assertThat(Failures.isCancel(new AssertionError())).isFalse();
    assertThat(Failures.isCancel(null)).isFalse();
  }

  @Test
  void aFailureIsLoggedWithWhatWentWrong() {
    try (Logged log = new Logged()) {
      Failures.log("something threw", real);
      assertThat(log.entries()).containsExactly(new Logged.Entry("something threw", real));
    }
  }

  /** Promises: All 14. */
  @Test
  void aLoggerThatThrowsChangesNothing() {
    IllegalStateException broken = new IllegalStateException("no disk");
    try (Logged log =
        new Logged(
            entry -> {
              throw broken;
            })) {
      assertThatCode(() -> Failures.log("something threw", real)).doesNotThrowAnyException();
      assertThat(log.entries()).hasSize(1);
    }
  }
}
