package io.asynctools.proof.simulation;

import io.asynctools.proof.faults.Quiet;
import java.util.Random;
import java.util.function.Function;

/**
 * Runs one seed of a scenario: clients act, tasks and timers run, the time moves and jumps, in an
 * order that the seed decides; then the weather clears up, everything is let go, and everybody must
 * hear. What fails says how to repeat it.
 */
final class Simulation {
  private static final int STEPS = 6_000;
  private static final int ROUNDS = 100_000;

  static {
    Quiet.please(); // listeners throw in every run, and each limiter says so once
  }

  private final String name;
  private final long seed;
  private final Scenario scenario;
  private final World world;
  private final Weather weather;

  private Simulation(String name, long seed, Scenario scenario) {
    this.name = name;
    this.seed = seed;
    this.scenario = scenario;
    this.world = scenario.world;
    this.weather = world.weather();
  }

  static void run(String name, long seed, Function<World, Scenario> scenario) {
    Random random = new Random(seed);
    World world = new World(random, random.nextInt(4) == 0 ? Weather.FINE : Weather.drawn(random));
    new Simulation(name, seed, scenario.apply(world)).run();
  }

  /** The command that repeats a seed, to be pasted into a shell. */
  static String command(String name, long seed) {
    return "./run.sh test -pl proof -am -Dtest=SimulationTest -Dscenario="
        + name
        + " -Dseed="
        + seed
        + " -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -Dmaven.javadoc.skip";
  }

  private void run() {
    int step = 0;
    try {
      for (; step < STEPS; step++) {
        step();
        scenario.throwIfBroken();
        scenario.check();
      }
      world.calm();
      windUp();
      scenario.checkAtEnd();
      scenario.throwIfBroken();
    } catch (Throwable e) {
      throw new AssertionError(
          e.getMessage()
              + "\n  in step "
              + step
              + " of scenario "
              + name
              + ", seed "
              + seed
              + ", "
              + weather
              + "; to repeat it:\n\n"
              + command(name, seed)
              + "\n\n  What happened last:\n  "
              + scenario.journal(),
          e);
    }
  }

  private void step() {
    world.step();
    int what = world.random().nextInt(100);
    if (what < 45) {
      scenario.act();
    } else if (what < 85) {
      world.runOne();
    } else if (what < 92) {
      bePrompt();
      world.moveOn();
    } else if (what < 94) {
      bePrompt();
      long nanos = scenario.someNanos();
      scenario.note("the clock jumps by " + nanos + " ns");
      world.jump(nanos);
    } else {
      rest();
    }
  }

  /** In fine weather the executor runs everything at once. */
  private void bePrompt() {
    if (weather.equals(Weather.FINE)) {
      world.drain();
    }
  }

  private void rest() {
    world.drain();
    if (world.isAtRest()) {
      scenario.checkAtRest();
    }
  }

  private void windUp() {
    for (int round = 0; ; round++) {
      world.drain();
      boolean goesOn = scenario.letGo();
      rest();
      scenario.throwIfBroken();
      if (!goesOn && !scenario.someWait()) {
        return;
      }
      if (!(world.moveOn() || goesOn) || round == ROUNDS) {
        throw new AssertionError("somebody never hears: " + scenario.whoWait());
      }
    }
  }
}
