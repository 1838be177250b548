package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.asynctools.testkit.Logged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
  void aPredicateSeesTheCauseOfWhateverOnlyCarriesIt() {
    IOException down = new IOException("down");
    List<Throwable> carriers =
        List.of(
            down,
            new CompletionException(down),
            new ExecutionException(down),
            new UncheckedIOException(down),
            new InvocationTargetException(down),
            new UndeclaredThrowableException(down),
            new CompletionException(new ExecutionException(new UncheckedIOException(down))));
    assertThat(carriers).allSatisfy(error -> assertThat(Failures.cause(error)).isSameAs(down));
  }

  @Test
  void anExceptionWithAMeaningOfItsOwnIsNotTakenForItsCause() {
    RuntimeException meant = new RuntimeException("order 7 failed", new IOException());
    assertThat(Failures.cause(meant)).isSameAs(meant);
    assertThat(Failures.cause(new ExecutionException(meant))).isSameAs(meant);
    ExecutionException empty = new ExecutionException("nothing inside", null);
    assertThat(Failures.cause(empty)).isSameAs(empty);
  }

  @Test
  @Timeout(10)
  void causesInACircleEndTheSearch() {
    CompletionException closed =
        new CompletionException("closed", null) {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized Throwable getCause() {
            return this;
          }
        };
    assertThat(Failures.unwrap(closed)).isSameAs(closed);
    assertThat(Failures.cause(closed)).isSameAs(closed);
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
