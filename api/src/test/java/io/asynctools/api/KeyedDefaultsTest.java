package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.strangers.StrangeLimiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a limiter of many keys gets for nothing. */
@Tag("unit")
class KeyedDefaultsTest {
  private final List<String> journal = new ArrayList<>();
  private final KeyedRateLimiter<String> keyed =
      new KeyedRateLimiter<>() {
        @Override
        public AsyncRateLimiter forKey(String key) {
          return new StrangeLimiter(key, task -> {}) {
            @Override
            public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
              journal.add(key);
              return super.execute(call);
            }

            @Override
            public <T> CompletableFuture<T> execute(
                long permits, Supplier<? extends CompletionStage<T>> call) {
              journal.add(key + " for " + permits);
              return call.get().toCompletableFuture();
            }
          };
        }

        @Override
        public void close() {}
      };

  @Test
  void aCallRunsUnderTheLimiterOfItsKey() {
    CompletableFuture<String> answer = CompletableFuture.completedFuture("answer");

    assertThat(keyed.execute("a", () -> answer)).isCompletedWithValue("answer");
    assertThat(keyed.execute("b", 7, () -> answer)).isCompletedWithValue("answer");
    assertThat(journal).containsExactly("a", "b for 7");
  }

  @Test
  void anImplementationWithoutRemovalSaysSo() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> keyed.remove("a"))
        .withMessageContaining("KeyedDefaultsTest")
        .withMessageEndingWith("does not support remove(key)");
  }

  @Test
  void aDecoratedFunctionTakesTheKeyFromItsArgument() {
    Function<String, CompletableFuture<Integer>> length =
        keyed.decorate(
            text -> text.substring(0, 1), text -> CompletableFuture.completedFuture(text.length()));

    assertThat(length.apply("four")).isCompletedWithValue(4);
    assertThat(length.apply("seventh")).isCompletedWithValue(7);
    assertThat(journal).containsExactly("f", "s");
  }

  /** Promises: All 9. */
  @Test
  void aKeyThatCannotBeHadEndsTheFuture() {
    IllegalStateException failure = new IllegalStateException("no key");
    Function<String, CompletableFuture<String>> throwing =
        keyed.decorate(
            text -> {
              throw failure;
            },
            CompletableFuture::completedFuture);
    Function<String, CompletableFuture<String>> keyless =
        keyed.decorate(text -> null, CompletableFuture::completedFuture);

    assertThat(throwing.apply("x").handle((value, error) -> error)).isCompletedWithValue(failure);
    assertThat(keyless.apply("x").handle((value, error) -> error.getMessage()))
        .isCompletedWithValue("keyOf gave null");
    assertThat(journal).isEmpty();
  }

  /** Promises: All 9. */
  @Test
  void nullIsRefusedWhenDecorated() {
    assertThatNullPointerException()
        .isThrownBy(() -> keyed.<String, String>decorate(null, CompletableFuture::completedFuture));
    assertThatNullPointerException()
        .isThrownBy(() -> keyed.<String, String>decorate(text -> text, null));
  }
}
