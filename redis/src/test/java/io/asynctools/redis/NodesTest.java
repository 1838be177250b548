package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RejectedException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.spi.Failures;
import io.asynctools.testkit.ManualTime;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each node of a Cluster is judged by itself, and a rejection says why Redis did not decide.
 *
 * <p>Promises: Redis 7, Redis 8.
 */
@Tag("unit")
class NodesTest {
  private static final Rate RATE = Rate.parse("1/d");

  private final ManualTime time = new ManualTime();
  private final TwoNodes redis = new TwoNodes(time);

  /** Keys that begin with 'b' belong to the second node. */
  private static final class TwoNodes implements Scripts {
    final FakeRedis[] nodes;
    final List<String> doubted = new ArrayList<>();

    TwoNodes(ManualTime time) {
      ExactRate rate = new ExactRate(RATE, 100);
      this.nodes = new FakeRedis[] {new FakeRedis(time, rate), new FakeRedis(time, rate)};
    }

    @Override
    public void send(ScriptCall call) {
      nodes[slotOf(call.key)].send(call);
    }

    @Override
    public int slotOf(String key) {
      return key.startsWith("b") ? 1 : 0;
    }

    @Override
    public String nodeOf(int slot) {
      return "node-" + slot;
    }

    @Override
    public void doubt(String node) {
      doubted.add(node);
    }

    @Override
    public CompletableFuture<?> attempt() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<?> close() {
      return CompletableFuture.completedFuture(null);
    }
  }

  private RedisTokenBucket limits(OnFailure mode) {
    return RedisTokenBucket.builder(RATE)
        .capacity(100)
        .name("limits")
        .keyPrefix("")
        .onFailure(mode)
        .timeSource(time)
        .executor(time)
        .build(settings -> redis);
  }

  private Throwable tried(RedisTokenBucket limits, String key) {
    CompletableFuture<Permit> permit = limits.forKey(key).acquire(1, Duration.ZERO);
    time.advance(Fixture.TIMEOUT);
    return Failures.unwrap(permit.handle((granted, error) -> error).join());
  }

  /** Three masters, one stopped: the grants on the others fell to nearly none. */
  @ParameterizedTest
  @EnumSource(OnFailure.class)
  void aNodeThatHangsTakesNoOtherNodesKeysDown(OnFailure mode) {
    try (RedisTokenBucket limits = limits(mode)) {
      assertThat(tried(limits, "a")).isNull();
      assertThat(limits.toString()).contains("mode=SHARED");
      redis.nodes[1].mode = FakeRedis.Mode.GONE;
      for (int i = 0; i < 20; i++) {
        Throwable rejection = tried(limits, "b" + i);
        if (mode == OnFailure.OPEN) {
          assertThat(rejection).isNull();
        } else {
          assertThat(rejection).isInstanceOf(RejectedException.class);
        }
        assertThat(tried(limits, "a")).isNull();
      }
      assertThat(redis.doubted).isNotEmpty().containsOnly("node-1");
      assertThat(limits.toString()).contains("mode=" + mode + " (1 of 2 nodes)");
      redis.nodes[1].mode = FakeRedis.Mode.WELL;
      time.advance(Duration.ofSeconds(2));
      assertThat(tried(limits, "b")).isNull();
      assertThat(limits.toString()).contains("mode=SHARED");
    }
  }

  /** Callers got RATE, "its rate is used up". */
  @ParameterizedTest
  @EnumSource(names = {"CLOSED", "LOCAL"})
  void aRejectionDuringAnOutageSaysWhyRedisDoesNotDecide(OnFailure mode) {
    try (RedisTokenBucket limits = limits(mode)) {
      redis.nodes[0].error =
          new RedisCommandExecutionException(
              "READONLY You can't write against a read only replica.");
      for (int i = 0; i < 10; i++) {
        assertThat(tried(limits, "a"))
            .isInstanceOfSatisfying(
                RejectedException.class,
                rejection -> {
                  assertThat(rejection.reason()).isEqualTo(Reason.UNAVAILABLE);
                  assertThat(rejection.getCause())
                      .hasMessage("READONLY You can't write against a read only replica.");
                });
      }
    }
  }

  @Test
  void aRejectionByTheSharedBucketIsAboutItsRate() {
    try (RedisTokenBucket limits = limits(OnFailure.LOCAL)) {
      CompletableFuture<Permit> all = limits.forKey("a").acquire(100, Duration.ZERO);
      time.runTasks();
      assertThat(all).isCompleted();
      assertThat(tried(limits, "a"))
          .isInstanceOfSatisfying(
              RejectedException.class,
              rejection -> {
                assertThat(rejection.reason()).isEqualTo(Reason.RATE);
                assertThat(rejection.getCause()).isNull();
              });
    }
  }

  /** It hung until the limiter was closed: no answer comes on a thread that waits for one. */
  @Test
  void blockingOnTheThreadThatBringsTheAnswersIsRejected() {
    try (RedisTokenBucket limits =
        RedisTokenBucket.builder(RATE)
            .capacity(100)
            .keyPrefix("")
            .timeSource(time)
            .executor(Runnable::run)
            .build(settings -> redis)) {
      CompletableFuture<Permit> nested =
          limits
              .forKey("a")
              .acquire()
              .thenApply(
                  permit -> {
                    try {
                      return limits.forKey("b").acquireBlocking();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  });
      time.runTasks();
      assertThat(Failures.unwrap(nested.handle((permit, error) -> error).join()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("executor(Runnable::run)");
    }
  }
}
