package io.asynctools.proof.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreakerOpenException;
import io.asynctools.proof.Repository;
import io.asynctools.retry.Retry;
import io.asynctools.testkit.BlockingCall;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/testing.md}, and that they are the ones run here. */
@Tag("unit")
class TestingPageTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  /** Stands for a client of the user's. */
  private static final class Client {
    CompletableFuture<String> send(String message) {
      return CompletableFuture.completedFuture(message.replace('i', 'o'));
    }
  }

  private final Client client = new Client();

  @Test
  void timeIsMovedByHand() throws Exception {
    ManualTime time = new ManualTime();
    var limiter =
        TokenBucketRateLimiter.builder(Rate.perSecond(1)).timeSource(time).executor(time).build();
    Permit first = limiter.tryAcquire().orElseThrow();
    CompletableFuture<Permit> second = limiter.acquire();
    time.advance(Duration.ofMillis(999));
    assertThat(second).isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(second).isCompleted();
    first.release();
    assertThat(time.pending()).isZero();
  }

  @Test
  void codeMayBlock() throws Exception {
    ManualTime time = new ManualTime();
    var limiter =
        TokenBucketRateLimiter.builder(Rate.perSecond(1)).timeSource(time).executor(time).build();
    Permit first = limiter.tryAcquire().orElseThrow();
    BlockingCall<Permit> call = time.startBlocking(limiter::acquireBlocking);
    assertThat(call.isDone()).isFalse();
    time.advance(Duration.ofSeconds(1));
    Permit permit = call.result();
    assertThat(permit).isNotNull();
    BlockingCall<Permit> interrupted = time.startBlocking(limiter::acquireBlocking);
    interrupted.interrupt();
    assertThatThrownBy(interrupted::result).isInstanceOf(InterruptedException.class);
  }

  @Test
  void oneAdvanceTakesACallThroughAllItsAttempts() {
    ManualTime time = new ManualTime();
    Retry retry =
        Retry.builder()
            .maxAttempts(3)
            .initialDelay(Duration.ofSeconds(1))
            .multiplier(2)
            .timeSource(time)
            .executor(time)
            .build();
    List<Long> attempts = new ArrayList<>();
    BlockingCall<String> reply =
        time.startBlocking(
            () ->
                retry.call(
                    () -> {
                      attempts.add(time.nanoTime());
                      throw new IOException("down");
                    }));
    time.advance(Duration.ofSeconds(10));
    assertThatThrownBy(reply::result).hasMessage("down");
    assertThat(attempts).containsExactly(0L, 1_000_000_000L, 3_000_000_000L);
  }

  @Test
  void aBreakerIsOpenedByHand() {
    ManualTime time = new ManualTime();
    CircuitBreaker breaker =
        CircuitBreaker.builder()
            .timeout(Duration.ofSeconds(30))
            .timeSource(time)
            .executor(time)
            .build();
    breaker.forceOpen();
    CompletableFuture<String> rejected = breaker.execute(() -> client.send("ping"));
    assertThat(rejected)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(CircuitBreakerOpenException.class);
    time.advance(Duration.ofSeconds(30));
    assertThat(breaker.execute(() -> client.send("ping"))).isCompletedWithValue("pong");
  }

  @Test
  void theExamplesOfThePageAreTheOnesRunHere() {
    String here =
        squeezed(
            Repository.text(
                Repository.root()
                    .resolve(
                        "proof/src/test/java/io/asynctools/proof/pages/TestingPageTest.java")));
    List<String> blocks =
        JAVA.matcher(Repository.text(Repository.root().resolve("docs/testing.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(blocks).hasSize(5).allSatisfy(block -> assertThat(here).contains(squeezed(block)));
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }
}
