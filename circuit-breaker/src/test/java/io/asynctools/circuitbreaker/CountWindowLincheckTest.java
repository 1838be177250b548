package io.asynctools.circuitbreaker;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Count windows of two and of three under every interleaving that Lincheck tries: each history is
 * one that a list could have had. The laps wrap after a few, but never while a thread stands still:
 * one that sleeps for all laps is what their usual number is for.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("slow")
public class CountWindowLincheckTest {
  private static final BreakerRule RULE = Rules.slowRate(0.5, 2);

  /** A window, and what to do with it. */
  @Param(name = "outcome", gen = IntGen.class, conf = "0:3")
  public abstract static class Tried {
    private final CountWindow window;

    Tried(int size) {
      this.window = new CountWindow(size, 8);
    }

    /** Whether the breaker trips by it. */
    @Operation
    public boolean record(@Param(name = "outcome") int outcome) {
      return window.record(outcome, 0, RULE);
    }

    @Operation
    public int failures() {
      return window.failures(0);
    }

    @Operation
    public boolean isSpotless() {
      return window.isSpotless(0);
    }

    @Operation
    public boolean wouldBeUnchanged() {
      return window.isUnchangedBy(Window.GOOD);
    }
  }

  /** A window of two. */
  public static class OfTwo extends Tried {
    public OfTwo() {
      super(2);
    }
  }

  /** A window of three. */
  public static class OfThree extends Tried {
    public OfThree() {
      super(3);
    }
  }

  /** A list of the last outcomes. */
  public abstract static class Model {
    private final Deque<Integer> outcomes = new ArrayDeque<>();
    private final int size;

    Model(int size) {
      this.size = size;
    }

    public boolean record(int outcome) {
      outcomes.addLast(outcome);
      if (outcomes.size() > size) {
        outcomes.removeFirst();
      }
      return RULE.trips(outcomes.size(), with(Window.FAILED), with(Window.SLOW));
    }

    public int failures() {
      return with(Window.FAILED);
    }

    public boolean isSpotless() {
      return with(Window.FAILED | Window.SLOW) == 0;
    }

    public boolean wouldBeUnchanged() {
      return outcomes.size() == size && isSpotless();
    }

    private int with(int bits) {
      return (int) outcomes.stream().filter(outcome -> (outcome & bits) != 0).count();
    }
  }

  /** A list of two. */
  public static class ListOfTwo extends Model {
    public ListOfTwo() {
      super(2);
    }
  }

  /** A list of three. */
  public static class ListOfThree extends Model {
    public ListOfThree() {
      super(3);
    }
  }

  @Test
  void everyInterleavingIsOneThatAListCouldHaveSeen() {
    modelChecking().sequentialSpecification(ListOfTwo.class).check(OfTwo.class);
    modelChecking().sequentialSpecification(ListOfThree.class).check(OfThree.class);
  }

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .loopBound(10_000) // standing aside is a long loop, but not a hang
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsPerThread(4)
        .actorsBefore(3)
        .actorsAfter(4);
  }

  @Test
  void soIsEveryOneThatAStressTestMeets() {
    stress().sequentialSpecification(ListOfTwo.class).check(OfTwo.class);
    stress().sequentialSpecification(ListOfThree.class).check(OfThree.class);
  }

  private static StressOptions stress() {
    return new StressOptions()
        .iterations(30)
        .invocationsPerIteration(2_000)
        .threads(3)
        .actorsPerThread(4)
        .actorsBefore(3)
        .actorsAfter(4);
  }
}
