package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * However many wait, and however long each of them would, one timer is set.
 *
 * <p>Promises: Token bucket 4.
 */
@Tag("unit")
class OneTimerTest {
  private final ManualTime time = new ManualTime(Long.MAX_VALUE);
  private final TokenBucketRateLimiter bucket =
      TokenBucketRateLimiter.builder(Rate.perSecond(1))
          .capacity(10)
          .initialTokens(0)
          .timeSource(time)
          .executor(time)
          .build();

  @Test
  void itIsTheHeads() {
    List<CompletableFuture<Permit>> waiters =
        IntStream.range(0, 1000).mapToObj(i -> bucket.acquire()).toList();
    for (CompletableFuture<Permit> head : waiters) {
      assertThat(time.pending()).isOne();
      assertThat(head).isNotDone();
      time.advance(Duration.ofSeconds(1));
      assertThat(head).isCompleted();
    }
    assertThat(time.pending()).isZero();
  }

  @Test
  void itIsForWaitsThatEndTooEarlyAsWell() {
    bucket.acquire(10); // for which all others have to wait
    List<CompletableFuture<Permit>> waiters =
        IntStream.range(0, 1000)
            .mapToObj(i -> bucket.acquire(1, Duration.ofDays(1).plusMillis(i)))
            .toList();
    assertThat(time.pending()).isOne();
    bucket.reconfigure(new Rate(1, Duration.ofDays(1)), 10); // and now they wait for too long
    assertThat(time.pending()).isLessThanOrEqualTo(1);
    time.advance(Duration.ofDays(2));
    assertThat(waiters).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(time.pending()).isOne();
  }
}
