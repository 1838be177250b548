package io.asynctools.proof.simulation;

import io.asynctools.api.TimeSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The clock, the timer and the executor of a simulation. There is one thread; at each step a seed
 * decides which of the tasks and timers that could run now does, and what goes wrong with it, so
 * that a seed is one history, which can be repeated.
 *
 * <p>Inside, time is what has passed since the beginning; outside, it starts at an origin from the
 * extremes, so that it may be negative and may wrap.
 */
final class World implements TimeSource, Executor {

  /** When, and as which, an outcome was handed to the executor: a grant is decided there. */
  record HandOver(long number, long time) {}

  private static final long[] ORIGINS = {
    0, -1, Long.MIN_VALUE, Long.MAX_VALUE - 1_000_000_000, 1_700_000_000_000_000_000L
  };

  private final Random random;
  private final long origin;
  private final List<Task> tasks = new ArrayList<>();
  private final List<Timer> timers = new ArrayList<>();
  private Weather weather;
  private long now;
  private long handedOver;
  private HandOver current = new HandOver(0, 0);
  private final Map<Runnable, HandOver> rejected = new IdentityHashMap<>(); // in this step

  World(Random random, Weather weather) {
    this.random = random;
    this.weather = weather;
    this.origin = ORIGINS[random.nextInt(ORIGINS.length)];
  }

  Random random() {
    return random;
  }

  boolean oneIn(int n) {
    return n > 0 && random.nextInt(n) == 0;
  }

  /** What has passed since the beginning, in nanoseconds. */
  long now() {
    return now;
  }

  Weather weather() {
    return weather;
  }

  /** From here on nothing goes wrong any more; what was set late stays late. */
  void calm() {
    weather = Weather.FINE;
  }

  /**
   * The hand-over of the outcome that a callback hears of just now: that of the task that runs, or
   * of the one that was rejected last, which is delivered at once.
   */
  HandOver current() {
    return current;
  }

  /** The hand-over of a task that was rejected in this step, and so delivered at once; or null. */
  HandOver rejected(Object task) {
    return task instanceof Runnable ? rejected.get(task) : null;
  }

  /** A step of the simulation begins. */
  void step() {
    rejected.clear();
  }

  @Override
  public long nanoTime() {
    return origin + now;
  }

  @Override
  public void execute(Runnable task) {
    HandOver handOver = new HandOver(++handedOver, now);
    if (oneIn(weather.rejects())) {
      current = handOver;
      rejected.put(task, handOver);
      throw new RejectedExecutionException("simulated");
    }
    long from = oneIn(weather.delays()) ? now + random.nextInt(50_000_000) : now;
    tasks.add(new Task(task, handOver, from));
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    long delay = Math.max(delayNanos, 0);
    long due = now > Long.MAX_VALUE - delay ? Long.MAX_VALUE : now + delay;
    long rings = due;
    if (oneIn(weather.late())) {
      rings = Math.min(due, Long.MAX_VALUE - 200_000_000) + 1 + random.nextInt(200_000_000);
    } else if (oneIn(weather.early())) {
      rings = now + (long) (random.nextDouble() * (due - now));
    }
    Timer timer = new Timer(task, due, rings, oneIn(weather.twice()));
    timers.add(timer);
    return () -> {
      timer.called = true;
      return timers.remove(timer);
    };
  }

  /** Runs one of the tasks and timers that could run now; false if there is none. */
  boolean runOne() {
    List<Runnable> candidates = new ArrayList<>();
    for (Task task : tasks) {
      if (task.from <= now) {
        candidates.add(task);
      }
    }
    for (Timer timer : timers) {
      if (timer.rings <= now) {
        candidates.add(timer);
      }
    }
    if (candidates.isEmpty()) {
      return false;
    }
    candidates.get(random.nextInt(candidates.size())).run();
    return true;
  }

  /** Runs whatever can run now. */
  void drain() {
    for (int i = 0; runOne(); i++) {
      if (i == 1_000_000) {
        throw new AssertionError("a million tasks and timers at one instant: it never ends");
      }
    }
  }

  /** When something can run next; {@code Long.MAX_VALUE} if nothing ever can. */
  long nextRing() {
    long next = Long.MAX_VALUE;
    for (Task task : tasks) {
      next = Math.min(next, task.from);
    }
    for (Timer timer : timers) {
      next = Math.min(next, timer.rings);
    }
    return next;
  }

  /** Moves the time to when something can run next; false if there is nothing. */
  boolean moveOn() {
    long next = nextRing();
    if (next == Long.MAX_VALUE) {
      return false;
    }
    now = Math.max(now, next);
    return true;
  }

  /** The clock jumps: whatever was due meanwhile is late. */
  void jump(long nanos) {
    now += nanos;
  }

  /** Whether nothing is under way: no task, not even a delayed one, and no timer that is due. */
  boolean isAtRest() {
    return tasks.isEmpty() && timers.stream().noneMatch(timer -> timer.due <= now);
  }

  /** Whether a timer is set that rings later than it should. */
  boolean timersAreLate() {
    return timers.stream().anyMatch(timer -> timer.rings > timer.due);
  }

  /** How many are set that have not rung. */
  int timers() {
    return (int) timers.stream().filter(timer -> !timer.rang).count();
  }

  private final class Task implements Runnable {
    private final Runnable body;
    private final HandOver handOver;
    private final long from;

    Task(Runnable body, HandOver handOver, long from) {
      this.body = body;
      this.handOver = handOver;
      this.from = from;
    }

    @Override
    public void run() {
      tasks.remove(this);
      current = handOver;
      body.run();
    }
  }

  private final class Timer implements Runnable {
    private final Runnable body;
    private final long due;
    private long rings;
    private boolean twice;
    private boolean called; // off
    private boolean rang;

    Timer(Runnable body, long due, long rings, boolean twice) {
      this.body = body;
      this.due = due;
      this.rings = rings;
      this.twice = twice;
    }

    @Override
    public void run() {
      timers.remove(this);
      rang = true;
      body.run();
      if (twice && !called) {
        twice = false;
        rings = now + random.nextInt(2_000_000);
        timers.add(this);
      }
    }
  }
}
