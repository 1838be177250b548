package io.asynctools.proof.faults;

import io.asynctools.testkit.ManualTime;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** An executor that does not do as it should; what it accepts runs with the time. */
final class FaultyExecutor implements Executor {

  /** What is wrong with it. */
  enum Fault {
    NONE,
    ALWAYS_REJECTS,
    SOMETIMES_REJECTS,
    IS_SHUT_DOWN,
    RUNS_THEN_REJECTS,
    RUNS_IN_PLACE,
    HAS_NO_THREAD
  }

  private final ManualTime time;
  private final Fault fault;
  private int tasks;
  private boolean shutDown;

  FaultyExecutor(ManualTime time, Fault fault) {
    this.time = time;
    this.fault = fault;
  }

  /** From here on, if that is the fault. */
  void shutDown() {
    shutDown = true;
  }

  @Override
  public void execute(Runnable task) {
    tasks++;
    switch (fault) {
      case NONE -> time.execute(task);
      case ALWAYS_REJECTS -> throw rejected();
      case SOMETIMES_REJECTS -> {
        if (tasks % 2 == 0) {
          throw rejected();
        }
        time.execute(task);
      }
      case IS_SHUT_DOWN -> {
        if (shutDown) {
          throw rejected();
        }
        time.execute(task);
      }
      case RUNS_THEN_REJECTS -> {
        task.run();
        throw rejected();
      }
      case RUNS_IN_PLACE -> task.run();
      case HAS_NO_THREAD -> throw new OutOfMemoryError("unable to create native thread");
    }
  }

  private static RejectedExecutionException rejected() {
    return new RejectedExecutionException("as a fault");
  }
}
