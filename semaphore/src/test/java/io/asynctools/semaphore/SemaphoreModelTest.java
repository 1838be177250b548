package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.ManualTime;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * Whatever happens in whatever order: the permits out, the line and what each in it was told are
 * those of a model that is simple enough to believe, and in the end all is free.
 *
 * <p>Promises: Semaphore 1, Semaphore 2, All 2, All 3.
 */
@Tag("unit")
class SemaphoreModelTest {

  /** What somebody does; a number says how many permits, or to which of those who asked. */
  record Step(Act act, int number) {}

  enum Act {
    TRY,
    ACQUIRE,
    EXECUTE,
    GIVE_UP,
    END,
    RESIZE,
    DELIVER
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Act.class), Arbitraries.integers().between(0, 30))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  @Property(tries = 2_000)
  void itDoesWhatItsModelDoes(@ForAll("steps") List<Step> steps, @ForAll boolean atOnce) {
    ManualTime time = new ManualTime();
    SemaphoreRateLimiter semaphore =
        SemaphoreRateLimiter.builder(3)
            .timeSource(time)
            .executor(atOnce ? Runnable::run : time)
            .build();
    SemaphoreModel model = new SemaphoreModel(3);
    for (Step step : steps) {
      int number = step.number();
      switch (step.act()) {
        case TRY -> model.tries(semaphore, 1 + number % model.limit());
        case ACQUIRE -> model.acquires(semaphore, 1 + number % model.limit());
        case EXECUTE -> model.executes(semaphore, 1 + number % model.limit());
        case GIVE_UP -> model.givesUp(number);
        case END -> model.ends(number);
        case RESIZE -> model.resizes(semaphore, 1 + number % 6);
        case DELIVER -> time.runTasks();
      }
      if (atOnce || step.act() == Act.DELIVER) {
        model.delivered();
      }
      model.check(semaphore);
    }
    do { // until nobody is left who waits or holds anything
      time.runTasks();
      model.delivered();
      model.check(semaphore);
    } while (model.endsTheFirst());
    assertThat(semaphore.waiters()).isZero();
    assertThat(semaphore.availablePermits()).isEqualTo(model.limit());
    assertThat(semaphore.isIdle()).isEqualTo(model.limit() == 3);
    assertThat(time.pending()).isZero();
  }
}
