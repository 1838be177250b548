package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.management.ThreadMXBean;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.PermittedCall;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a call costs that needs no retry. */
@Tag("unit")
class SmallTest {
  private static final TimeSource UNTOUCHED =
      new TimeSource() {
        @Override
        public long nanoTime() {
          throw new AssertionError("the clock was read");
        }

        @Override
        public Cancellable schedule(Runnable task, long delayNanos) {
          throw new AssertionError("a timer was set");
        }
      };

  private final Retry retry =
      Retry.builder().timeSource(UNTOUCHED).executor(task -> task.run()).build();

  @Test
  void aCallThatSucceedsAtOnceMakesLittleMoreThanItsResult() {
    if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)
        || !threads.isThreadAllocatedMemorySupported()) {
      abort("this virtual machine does not count what a thread allocates");
      return;
    }
    int calls = 20_000;
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 3; round++) { // the first loads classes
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        if (retry
            .execute(() -> CompletableFuture.completedFuture("up"))
            .isCompletedExceptionally()) {
          throw new AssertionError();
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least / calls).as("bytes a call").isLessThanOrEqualTo(136);
  }

  @Test
  void neitherClockNorTimerIsTouchedByWhatSucceeds() throws Exception {
    assertThat(retry.execute(() -> CompletableFuture.completedFuture("up")))
        .isCompletedWithValue("up");
    assertThat(retry.execute(() -> CompletableFuture.completedFuture(null)))
        .isCompletedWithValue(null);
    assertThat(retry.execute(() -> PermittedCall.execute(new ToldPermit(), Callees::up)))
        .isCompletedWithValue("up");
    CompletableFuture<String> later = new CompletableFuture<>();
    CompletableFuture<String> result = retry.execute(() -> later);
    later.complete("up");
    assertThat(result).isCompletedWithValue("up");
    assertThat(retry.<String, RuntimeException>call(() -> "up")).isEqualTo("up");
  }

  private static final class Callees {
    static CompletableFuture<String> up() {
      return CompletableFuture.completedFuture("up");
    }
  }
}
