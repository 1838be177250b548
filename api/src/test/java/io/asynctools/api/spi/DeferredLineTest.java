package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A rule that answers later, asked by hand: what an answer means, and when it is out of date. */
@Tag("unit")
class DeferredLineTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualTime time = new ManualTime(-1);
  private final Deque<Answer> questions = new ArrayDeque<>();
  private final Remote remote = new Remote();

  private final class Remote extends DeferredRateLimiterBase {
    private final List<Long> returned = new ArrayList<>(); // what each undo was told
    private final List<Integer> waitersAfterAnswers = new ArrayList<>();
    private boolean wakesInUndo;
    private RuntimeException thrown;

    Remote() {
      super(
          LimiterSettings.of(LimiterEnvironment.system(), "remote")
              .withTimeSource(time)
              .withExecutor(time));
    }

    void changes() {
      wakeAll();
    }

    long asked() {
      return queuedPermits();
    }

    @Override
    protected void request(long permits, Answer answer) {
      if (thrown != null) {
        throw thrown;
      }
      questions.add(answer);
    }

    @Override
    protected void afterAnswer() {
      assertThat(line().lock.isHeldByCurrentThread()).isFalse();
      waitersAfterAnswers.add(waiters());
    }

    @Override
    protected long undo(long permits, long mark, long returned) {
      this.returned.add(returned);
      if (wakesInUndo) {
        wake();
      }
      return permits;
    }

    @Override
    protected long maxPermits() {
      return 10;
    }

    @Override
    protected boolean idle() {
      return true;
    }
  }

  private Answer question() {
    assertThat(questions).hasSize(1);
    return questions.remove();
  }

  private static Throwable errorOf(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    return future.handle((value, thrown) -> thrown).join();
  }

  @Test
  void aFailureIsTheOneWhoAsksAndTheNextIsAskedFor() {
    CompletableFuture<Permit> first = remote.acquire();
    CompletableFuture<Permit> second = remote.acquire();
    IllegalStateException down = new IllegalStateException("down");
    question().failed(down);
    time.runTasks();
    assertThat(errorOf(first)).isSameAs(down);
    assertThat(second).isNotDone();
    question().granted();
    time.runTasks();
    assertThat(second).isCompleted();
  }

  @Test
  void aFailureForOneWhoHasLeftIsNobodys() {
    CompletableFuture<Permit> first = remote.acquire();
    CompletableFuture<Permit> second = remote.acquire();
    first.cancel(false);
    question().failed(new IllegalStateException("down"));
    time.runTasks();
    assertThat(first).isCancelled();
    assertThat(second).isNotDone();
    question().granted();
    time.runTasks();
    assertThat(second).isCompleted();
  }

  @Test
  void oneWhoOnlyTriesIsToldWhatTheHeadWasTold() {
    CompletableFuture<Permit> head = remote.acquire();
    question().denied(HOUR.toNanos());
    time.advance(Duration.ofMinutes(15));
    CompletableFuture<Permit> attempt = remote.acquire(1, Duration.ZERO);
    assertThat(errorOf(attempt))
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            refusal -> assertThat(refusal.retryAfter()).hasValue(Duration.ofMinutes(45)));
    assertThat(questions).isEmpty();
    assertThat(head).isNotDone();
  }

  @Test
  void aChangeOfTheRuleMakesANoOutOfDate() {
    remote.acquire();
    question().denied(HOUR.toNanos());
    assertThat(questions).isEmpty();
    remote.changes();
    assertThat(questions).hasSize(1);
  }

  @Test
  void anUndoThatWakesMakesANoOutOfDate() {
    remote.wakesInUndo = true;
    CompletableFuture<Permit> granted = remote.acquire();
    remote.acquire();
    question().granted();
    question().denied(HOUR.toNanos());
    assertThat(questions).isEmpty();
    assertThat(granted.cancel(false)).isTrue(); // before it was delivered
    assertThat(questions).hasSize(1);
  }

  @Test
  void whileAQuestionIsUnderWayNoTimerIsSet() {
    remote.acquire();
    remote.acquire();
    assertThat(time.pending()).isZero();
    remote.changes(); // the head is looked at, and its question is out already
    assertThat(time.pending()).isZero();
    question().denied(HOUR.toNanos()); // out of date since the change
    question().denied(HOUR.toNanos());
    assertThat(time.pending()).isEqualTo(1);
    time.advance(HOUR);
    assertThat(questions).hasSize(1);
    assertThat(time.pending()).isZero();
  }

  @Test
  void aNoMayHoldForANanosecondAndNotForLess() {
    remote.acquire();
    Answer answer = question();
    assertThatIllegalArgumentException().isThrownBy(() -> answer.denied(0));
    answer.denied(1);
    assertThat(questions).isEmpty();
    time.advance(Duration.ofNanos(1));
    assertThat(questions).hasSize(1);
  }

  @Test
  void whatTheQuestionThrowsIsItsAnswer() {
    IllegalStateException down = new IllegalStateException("down");
    remote.thrown = down;
    CompletableFuture<Permit> waiter = remote.acquire();
    time.runTasks();
    assertThat(errorOf(waiter)).isSameAs(down);
  }

  @Test
  void theRuleHearsOfEachAnswerOnceItIsPutToUse() {
    remote.acquire();
    remote.acquire();
    remote.acquire();
    question().granted();
    question().failed(new IllegalStateException("down"));
    question().denied(1);
    assertThat(remote.waitersAfterAnswers).containsExactly(2, 1, 1);
  }

  @Test
  void theRuleCanAskHowMuchIsAskedForInAll() {
    assertThat(remote.asked()).isZero();
    remote.acquire(3);
    CompletableFuture<Permit> second = remote.acquire(2);
    assertThat(remote.asked()).isEqualTo(5);
    second.cancel(false);
    assertThat(remote.asked()).isEqualTo(3);
  }

  /** Promises: Token bucket 4. */
  @Test
  void whatIsGivenBackOfALaterGrantDoesNotCountForAnEarlierOne() {
    CompletableFuture<Permit> first = remote.acquire();
    CompletableFuture<Permit> second = remote.acquire();
    question().granted();
    second.cancel(false);
    question().granted(); // to nobody
    assertThat(first.cancel(false)).as("before it was delivered").isTrue();
    assertThat(remote.returned).containsExactly(0L, 0L);
  }
}
