package io.asynctools.proof.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each limiter that makes callers wait, with each fault of its executor, and each of its timer:
 * every caller hears, no call starts twice, and in the end exactly what was there at first can be
 * had again.
 *
 * <p>Promises: All 3, All 6, All 7.
 */
@Tag("unit")
class NothingIsLostTest {
  static {
    Quiet.please();
  }

  static Stream<Arguments> faults() {
    List<Arguments> all = new ArrayList<>();
    for (Subject subject : Subject.values()) {
      for (FaultyExecutor.Fault executor : FaultyExecutor.Fault.values()) {
        for (FaultyTime.Fault timer : FaultyTime.Fault.values()) {
          all.add(Arguments.of(subject, executor, timer));
        }
      }
    }
    return all.stream();
  }

  /** One limiter, and those who have asked it for something. */
  private static final class Trial {
    private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_500_000_000);
    private final FaultyExecutor executor;
    private final AsyncRateLimiter limiter;
    private final List<Permit> held = new ArrayList<>();
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private final AtomicInteger starts = new AtomicInteger();

    Trial(Subject subject, FaultyExecutor.Fault executorFault, FaultyTime.Fault timerFault) {
      this.executor = new FaultyExecutor(time, executorFault);
      this.limiter = subject.limiter(new FaultyTime(time, timerFault), executor);
    }

    void acquires(CompletableFuture<Permit> future) {
      asked.add(future);
      future.whenComplete(
          (permit, error) -> {
            if (permit != null) {
              held.add(permit);
            }
            throw new IllegalStateException("a callback that throws");
          });
    }

    void executes() {
      asked.add(
          limiter.execute(
              () -> {
                starts.incrementAndGet();
                return CompletableFuture.completedFuture("done");
              }));
    }

    /** Ends what is held, and lets time pass; one comes each time, should the timer never ring. */
    void passes() {
      for (Permit permit : List.copyOf(held)) {
        held.remove(permit);
        permit.release();
      }
      time.advance(Duration.ofSeconds(3));
      CompletableFuture<Permit> next = limiter.acquire(1);
      time.runTasks();
      if (!next.cancel(true)) {
        next.thenAccept(Permit::release);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whateverIsWrong(
      Subject subject, FaultyExecutor.Fault executorFault, FaultyTime.Fault timerFault) {
    Trial trial = new Trial(subject, executorFault, timerFault);
    AsyncRateLimiter limiter = trial.limiter;
    trial.held.add(limiter.tryAcquire(1).orElseThrow());
    trial.held.add(limiter.tryAcquire(1).orElseThrow());

    trial.acquires(limiter.acquire());
    trial.executes();
    CompletableFuture<Permit> leaves = limiter.acquire(2);
    trial.acquires(leaves);
    trial.acquires(limiter.acquire(1, Duration.ofSeconds(20)));
    trial.acquires(limiter.acquire(2));
    trial.executes();
    trial.executor.shutDown();
    leaves.cancel(true);

    for (int i = 0; i < 10; i++) {
      trial.passes();
    }
    assertThat(trial.asked).as("those who have asked").allMatch(CompletableFuture::isDone);
    assertThat(trial.starts.get()).as("calls that were started").isLessThanOrEqualTo(2);
    if (timerFault != FaultyTime.Fault.THROWS) {
      assertThat(trial.starts.get()).as("calls that were started").isEqualTo(2);
    }
    isAsAtFirst(trial);
  }

  private static void isAsAtFirst(Trial trial) {
    for (Permit permit : trial.held) {
      permit.release();
    }
    trial.time.advance(Duration.ofSeconds(10));
    assertThat(trial.limiter.tryAcquire(Subject.ROOM)).as("all that there was").isPresent();
    assertThat(trial.limiter.tryAcquire(1)).as("and no more").isEmpty();
  }
}
