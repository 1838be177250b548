package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Blocking calls under manual time: each step ends when all of them have ended or wait. */
@Tag("unit")
class BlockingCallTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();

  private ToyBucket emptyBucket() {
    ToyBucket bucket = new ToyBucket(settings(time), 1);
    assertThat(bucket.tryAcquire()).isPresent();
    return bucket;
  }

  private LimiterSettings settings(Executor executor) {
    return new LimiterSettings("toy", time, executor, null, 10);
  }

  @Test
  void aBlockedCallGetsItsPermitWhenTheTimeIsMoved() throws Exception {
    ToyBucket bucket = emptyBucket();
    BlockingCall<Permit> call = time.startBlocking(bucket::acquireBlocking);
    assertThat(bucket.waiters()).isEqualTo(1);
    time.advance(SECOND.minusNanos(1));
    assertThat(call.isDone()).as("just before its time").isFalse();
    time.advance(Duration.ofNanos(1));
    assertThat(call.isDone()).isTrue();
    assertThat(call.result()).isNotNull();
    assertThat(call).hasToString("BlockingCall[state=DONE]");
  }

  @Test
  void oneAdvanceTakesACallThroughAllItsWaits() throws Exception {
    ToyBucket bucket = emptyBucket();
    BlockingCall<List<Long>> call =
        time.startBlocking(
            () -> {
              List<Long> times = new ArrayList<>();
              for (int i = 0; i < 100; i++) {
                bucket.acquireBlocking();
                times.add(time.nanoTime() / SECOND.toNanos());
              }
              return times;
            });
    time.advance(SECOND.multipliedBy(1000));
    List<Long> expected = new ArrayList<>();
    for (long second = 1; second <= 100; second++) {
      expected.add(second);
    }
    assertThat(call.result()).isEqualTo(expected);
  }

  @Test
  void callsThatWakeEachOtherGoOnAsFarAsTheyCan() throws Exception {
    ToySemaphore ping = new ToySemaphore(settings(Runnable::run), 1);
    ToySemaphore pong = new ToySemaphore(settings(Runnable::run), 1);
    Permit first = ping.tryAcquire().orElseThrow();
    List<Permit> others = Collections.synchronizedList(new ArrayList<>());
    others.add(pong.tryAcquire().orElseThrow());
    int rounds = 300;
    BlockingCall<String> left =
        time.startBlocking(
            () -> {
              for (int i = 0; i < rounds; i++) {
                Permit taken = ping.acquireBlocking();
                others.remove(0).release(); // wakes the other
                others.add(pong.acquireBlocking());
                taken.release();
              }
              return "left";
            });
    BlockingCall<String> right =
        time.startBlocking(
            () -> {
              for (int i = 0; i < rounds; i++) {
                pong.acquireBlocking().release();
              }
              return "right";
            });
    assertThat(left.isDone() || right.isDone()).isFalse();
    first.release();
    assertThat(left.isDone()).isTrue();
    assertThat(left.result()).isEqualTo("left");
    others.remove(0).release();
    assertThat(right.isDone()).isTrue();
  }

  @Test
  void aReleaseByTheTestIsSeenAtOnce() throws Exception {
    ToySemaphore semaphore = new ToySemaphore(settings(Runnable::run), 1);
    for (int round = 0; round < 300; round++) {
      Permit held = semaphore.tryAcquire().orElseThrow();
      BlockingCall<Permit> call = time.startBlocking(semaphore::acquireBlocking);
      assertThat(call.isDone()).as("round %s, before the release", round).isFalse();
      held.release();
      assertThat(call.isDone()).as("round %s, after the release", round).isTrue();
      call.result().release();
    }
  }

  @Test
  void whatACallHandsToTheExecutorRunsBeforeTheTimeMoves() throws Exception {
    List<Long> ran = new ArrayList<>();
    ToyBucket bucket = emptyBucket();
    BlockingCall<Integer> call =
        time.startBlocking(
            () -> {
              bucket.acquireBlocking();
              CompletableFuture<Void> task =
                  CompletableFuture.runAsync(() -> ran.add(time.nanoTime()), time);
              task.get();
              return ran.size();
            });
    time.schedule(() -> ran.add(-1L), SECOND.toNanos() + 1);
    time.advance(SECOND.multipliedBy(2));
    assertThat(call.result()).isEqualTo(1);
    assertThat(ran).containsExactly(SECOND.toNanos(), -1L);
  }

  @Test
  void whatACallThrowsComesOutAsItIs() {
    for (Throwable own : List.of(new IOException("checked"), new AssertionError("error"))) {
      BlockingCall<String> call =
          time.startBlocking(
              () -> {
                if (own instanceof Error error) {
                  throw error;
                }
                throw (IOException) own;
              });
      assertThat(call.isDone()).isTrue();
      assertThatThrownBy(call::result).isSameAs(own);
      assertThat(call).hasToString("BlockingCall[state=FAILED]");
    }
  }

  @Test
  void aCallThatReturnsNullHasEnded() throws Exception {
    assertThat(time.<Object>startBlocking(() -> null).result()).isNull();
  }

  @Test
  void theResultOfACallThatStillWaitsSaysWhereAndWhatIsNext() {
    BlockingCall<Permit> call = time.startBlocking(emptyBucket()::acquireBlocking);
    assertThatIllegalStateException()
        .isThrownBy(call::result)
        .withMessageContainingAll("still waits", "next in PT1S", "acquireBlocking");
    assertThat(call.toString()).startsWith("BlockingCall[state=WAITING, at=").contains("acquire");
    call.interrupt();
  }

  @Test
  void anInterruptEndsTheWait() {
    ToyBucket bucket = emptyBucket();
    for (int round = 0; round < 300; round++) {
      BlockingCall<Permit> call = time.startBlocking(bucket::acquireBlocking);
      call.interrupt();
      assertThat(call.isDone()).as("round %s", round).isTrue();
      assertThatThrownBy(call::result).isInstanceOf(InterruptedException.class);
      assertThat(bucket.waiters()).isZero();
    }
  }

  @Test
  void aWaitForALatchIsAWaitToo() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    BlockingCall<Boolean> call =
        time.startBlocking(
            () -> {
              latch.await();
              return true;
            });
    assertThat(call.isDone()).isFalse();
    latch.countDown();
    // Of a latch it cannot be seen when its waiter has been woken: the thread may be slow to wake.
    Aside.await(Duration.ofSeconds(30), "the end of the call", call::isDone);
    assertThat(call.result()).isTrue();
  }

  @Test
  void nullIsRejected() {
    assertThatNullPointerException().isThrownBy(() -> time.startBlocking(null));
  }

  @Test
  void timeSaysWhatIsToCome() {
    assertThat(time).hasToString("ManualTime[now=0 ns, tasks=0, timers=0]");
    time.execute(() -> {});
    time.schedule(() -> {}, 5_000_000);
    assertThat(time).hasToString("ManualTime[now=0 ns, tasks=1, timers=1, next in PT0.005S]");
  }
}
