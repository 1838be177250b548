package io.asynctools.testkit;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it, and the executor that goes with it: tasks and
 * timers run on the thread that calls {@link #advance}, one after another, and nowhere else.
 * Thread-safe.
 *
 * <p>Timers run in order of due time, those of one instant in the order in which they were set;
 * while one runs, the time is its due time. Tasks handed to {@link #execute} run before the time
 * moves on.
 *
 * <p>Code that blocks runs on a thread of its own, see {@link #startBlocking}. The time moves on
 * only when all such calls have ended or wait.
 */
public final class ManualTime implements TimeSource, Executor {
  private static final long PATIENCE_NANOS = 30_000_000_000L; // of real time

  private final Object lock = new Object();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final List<BlockingCall<?>> calls = new CopyOnWriteArrayList<>();
  private long now;
  private long timersSet;
  private boolean advancing;

  /** Time that starts at an origin like any other. */
  public ManualTime() {
    this(0);
  }

  /**
   * Time that starts where the test wants it.
   *
   * @param origin the first reading, in nanoseconds; the clock wraps past {@link Long#MAX_VALUE}
   */
  public ManualTime(long origin) {
    this.now = origin;
  }

  @Override
  public long nanoTime() {
    synchronized (lock) {
      return now;
    }
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    requireNonNull(task, "task");
    synchronized (lock) {
      Timer timer = new Timer(task, now + Math.max(delayNanos, 0), timersSet++);
      timers.add(timer);
      return timer;
    }
  }

  /** Keeps a task until the next {@link #advance}, or for the one that is under way. */
  @Override
  public void execute(Runnable task) {
    requireNonNull(task, "task");
    synchronized (lock) {
      tasks.add(task);
    }
  }

  /** Runs the tasks that were handed over, and what they hand over, without moving the time. */
  public void runTasks() {
    advance(Duration.ZERO);
  }

  /**
   * Moves the time on, and runs what was handed over and what is due, in order, before it returns.
   * Blocking calls go on as far as they can at each instant: until they end, or wait again.
   *
   * @param duration how far, zero or more, at most 292 years
   * @throws IllegalArgumentException if the duration is negative
   * @throws ArithmeticException if the duration is longer than that
   * @throws IllegalStateException if called by a task that it runs, or if a blocking call neither
   *     ends nor waits for half a minute of real time
   * @throws RuntimeException or Error: what the first task to throw threw, after all have run
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration must not be negative, was " + duration);
    }
    long nanos = duration.toNanos(); // may throw, so before anything has changed
    long target;
    synchronized (lock) {
      if (advancing) {
        throw new IllegalStateException("advance() was called by a task that it runs");
      }
      advancing = true;
      target = now + nanos;
    }
    Throwable thrown = null;
    try {
      for (Runnable next = next(target); next != null; next = next(target)) {
        try {
          next.run();
        } catch (RuntimeException | Error e) {
          thrown = thrown == null ? e : thrown;
        }
      }
    } finally {
      synchronized (lock) {
        advancing = false;
      }
    }
    if (thrown instanceof Error) {
      throw (Error) thrown;
    } else if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  /** The next task or due timer, with the time moved to it; null once the time is at the target. */
  private @Nullable Runnable next(long target) {
    Runnable task = nextTask();
    while (task == null) {
      awaitCalls();
      synchronized (lock) {
        if (tasks.isEmpty()) {
          return nextTimer(target);
        }
      }
      task = nextTask(); // of a blocking call
    }
    return task;
  }

  private @Nullable Runnable nextTask() {
    synchronized (lock) {
      return tasks.poll();
    }
  }

  private @Nullable Runnable nextTimer(long target) {
    synchronized (lock) {
      Timer first = timers.peek();
      if (first != null && first.due - target <= 0) {
        timers.remove();
        if (first.due - now > 0) {
          now = first.due;
        }
        return first.task;
      }
      now = target;
      return null;
    }
  }

  /**
   * Starts a call that may block, on a thread of its own, and returns when it has ended or waits:
   * {@code acquireBlocking}, or the {@code call} of any limiter or policy.
   *
   * @param call what may block; it may throw, and must not move this time
   * @param <T> what it returns
   * @return the call, which goes on when this time is advanced
   * @throws IllegalStateException if the call neither ends nor waits for half a minute of real time
   */
  public <T extends @Nullable Object> BlockingCall<T> startBlocking(Callable<? extends T> call) {
    BlockingCall<T> started = new BlockingCall<>(this, requireNonNull(call, "call"));
    calls.add(started);
    started.start();
    awaitCalls();
    return started;
  }

  /** Waits until each blocking call has ended or waits. */
  @SuppressWarnings("ThreadPriorityCheck")
  void awaitCalls() {
    calls.removeIf(BlockingCall::hasEnded);
    calls.forEach(BlockingCall::forgetWait);
    long start = System.nanoTime();
    // Twice in a row: one that was looked at first may have been woken by the last.
    for (int inRow = 0; inRow < 2; ) {
      BlockingCall<?> busy = busyCall();
      inRow = busy == null ? inRow + 1 : 0;
      if (busy != null && System.nanoTime() - start > PATIENCE_NANOS) {
        throw new IllegalStateException("a call neither ends nor waits: " + busy);
      }
      if (busy != null) {
        Thread.yield(); // to the thread that is waited for: there may be few cores
      }
    }
  }

  private @Nullable BlockingCall<?> busyCall() {
    for (BlockingCall<?> call : calls) {
      if (!call.isOn(Thread.currentThread()) && !call.isAtRest()) {
        return call;
      }
    }
    return null;
  }

  /**
   * How many timers are set: neither run nor called off.
   *
   * @return the number of timers
   */
  public int pending() {
    synchronized (lock) {
      return timers.size();
    }
  }

  /**
   * Returns the time and what is to come.
   *
   * @return one line
   */
  @Override
  public String toString() {
    synchronized (lock) {
      Timer first = timers.peek();
      return ("ManualTime[now=" + now + " ns, tasks=" + tasks.size() + ", timers=" + timers.size())
          + (first == null ? "]" : ", next in " + Duration.ofNanos(first.due - now) + "]");
    }
  }

  private final class Timer implements Cancellable, Comparable<Timer> {
    final Runnable task;
    final long due;
    final long number;

    Timer(Runnable task, long due, long number) {
      this.task = task;
      this.due = due;
      this.number = number;
    }

    @Override
    public int compareTo(Timer other) {
      long difference = due - other.due; // not a comparison: the clock wraps
      return difference != 0 ? Long.signum(difference) : Long.compare(number, other.number);
    }

    @Override
    public boolean cancel() {
      synchronized (lock) {
        return timers.remove(this);
      }
    }
  }
}
