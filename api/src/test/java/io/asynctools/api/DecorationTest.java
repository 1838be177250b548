package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class DecorationTest {
  private final List<String> journal = new ArrayList<>();
  private final AsyncPolicy policy = new RecordingPolicy("policy", journal);

  @Test
  void eachRunOfADecoratedCallGoesThroughThePolicy() {
    Supplier<CompletableFuture<String>> call =
        policy.decorate(() -> CompletableFuture.completedFuture("answer"));
    assertThat(journal).isEmpty();

    assertThat(call.get()).isCompletedWithValue("answer");
    assertThat(call.get()).isCompletedWithValue("answer");
    assertThat(journal).containsExactly("policy in", "policy out", "policy in", "policy out");
  }

  @Test
  void eachRunOfADecoratedFunctionGoesThroughThePolicyWithItsArgument() {
    Function<String, CompletableFuture<Integer>> length =
        policy.decorateFunction(text -> CompletableFuture.completedFuture(text.length()));

    assertThat(length.apply("four")).isCompletedWithValue(4);
    assertThat(length.apply("seventh")).isCompletedWithValue(7);
    assertThat(journal).hasSize(4);
  }

  @Test
  void aDecoratedFunctionTakesNull() {
    Function<String, CompletableFuture<String>> echo =
        policy.decorateFunction(CompletableFuture::completedFuture);

    assertThat(echo.apply(null)).isCompletedWithValue(null);
  }

  /** Promises: All 4. */
  @Test
  void cancellingTheResultCancelsTheCall() {
    CompletableFuture<String> answer = new CompletableFuture<>();

    policy.decorate(() -> answer).get().cancel(false);

    assertThat(answer).isCancelled();
  }

  /** Promises: All 9. */
  @Test
  void nullIsRefusedWhenDecoratedAndNotWhenRun() {
    assertThatNullPointerException().isThrownBy(() -> policy.decorate(null));
    assertThatNullPointerException().isThrownBy(() -> policy.decorateFunction(null));
  }
}
