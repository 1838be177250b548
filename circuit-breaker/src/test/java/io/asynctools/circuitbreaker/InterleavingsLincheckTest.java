package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls of a breaker under every interleaving that Lincheck tries: each history is one that {@link
 * BreakerModel} could have had. Each thread holds a call of its own, while others change the state
 * under it.
 *
 * <p>The time stands still, either in a closed breaker or in an open one whose time-out has passed:
 * one who opens a breaker reads the clock a little earlier, and no order of whole steps allows for
 * a time-out that passes in between.
 *
 * <p>One history that the model could not have had is known, and passes because no scenario that is
 * drawn here meets it: of two calls on a half-open breaker, one finds the place of the other taken,
 * and is refused; then {@code forceOpen} refuses the other too. No probe goes out where one might
 * have, just before all are refused; nothing is lost by that.
 *
 * <p>Promises: Circuit breaker 1, Circuit breaker 2, Circuit breaker 5.
 */
@Tag("slow")
public class InterleavingsLincheckTest {
  private static final Exception FAILURE = new Exception("the callee is down");
  private static final long OPENED_AT = Long.MAX_VALUE - 5;
  private static final long DUE_AT = Long.MIN_VALUE + 4; // ten later: the clock wraps

  /** A breaker, and what to do with it. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public abstract static class Tried {
    private final @Nullable Permit[] hands = new @Nullable Permit[BreakerModel.THREADS];
    final CircuitBreaker breaker =
        CircuitBreaker.builder()
            .logLevel(System.Logger.Level.OFF)
            .failureThreshold(BreakerModel.THRESHOLD)
            .timeout(Duration.ofNanos(10))
            .timeSource(new ReadableTime(this::read))
            .executor(Runnable::run)
            .build();
    long now = OPENED_AT;

    private long read() {
      return now;
    }

    @Operation
    public boolean hold(@Param(name = "thread") int thread) {
      if (hands[thread] == null) {
        hands[thread] = breaker.tryAcquire().orElse(null);
        return hands[thread] != null;
      }
      return false;
    }

    private @Nullable Permit letGo(int thread) {
      Permit held = hands[thread];
      hands[thread] = null;
      return held;
    }

    @Operation
    public void succeed(@Param(name = "thread") int thread) {
      Permit permit = letGo(thread);
      if (permit != null) {
        permit.recordSuccess();
      }
    }

    @Operation
    public void fail(@Param(name = "thread") int thread) {
      Permit permit = letGo(thread);
      if (permit != null) {
        permit.recordFailure(FAILURE);
      }
    }

    @Operation
    public void release(@Param(name = "thread") int thread) {
      Permit permit = letGo(thread);
      if (permit != null) {
        permit.release();
      }
    }

    @Operation
    public void reset() {
      breaker.reset();
    }

    @Operation
    public void forceOpen() {
      breaker.forceOpen();
    }

    @Operation
    public State state() {
      return breaker.state();
    }
  }

  /** A breaker that is CLOSED. */
  public static class Closed extends Tried {}

  /** A breaker that is OPEN, and HALF_OPEN with the next call. */
  public static class Due extends Tried {
    public Due() {
      breaker.forceOpen();
      now = DUE_AT;
    }
  }

  /** What {@link Closed} has to be like. */
  public static class ClosedModel extends BreakerModel {
    public ClosedModel() {
      super(false);
    }
  }

  /** What {@link Due} has to be like. */
  public static class DueModel extends BreakerModel {
    public DueModel() {
      super(true);
    }
  }

  @Test
  void everyInterleavingIsOneThatAThreadAloneCouldHaveSeen() {
    modelChecking().sequentialSpecification(ClosedModel.class).check(Closed.class);
    modelChecking().sequentialSpecification(DueModel.class).check(Due.class);
  }

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .iterations(50)
        .invocationsPerIteration(500)
        .threads(2)
        .actorsPerThread(4)
        .actorsBefore(3)
        .actorsAfter(3);
  }

  @Test
  void soIsEveryOneThatAStressTestMeets() {
    stress().sequentialSpecification(ClosedModel.class).check(Closed.class);
    stress().sequentialSpecification(DueModel.class).check(Due.class);
  }

  private static StressOptions stress() {
    return new StressOptions()
        .iterations(50)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(3)
        .actorsAfter(3);
  }
}
