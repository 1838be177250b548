package io.asynctools.redis;

import io.asynctools.testkit.ManualTime;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Redis on manual time: the arithmetic is {@link Bucket}'s, the way there and the way back are a
 * task each. A test says how it fails.
 */
final class FakeRedis implements Scripts {
  private static final long EPOCH = 1_764_000_000_000_000L;

  /** What becomes of a command. */
  enum Mode {
    /** It is run and answered. */
    WELL,
    /** It never arrives. */
    GONE,
    /** It is run, and the answer is held back until {@link FakeRedis#release}. */
    SLOW
  }

  private final ManualTime time;
  private final ExactRate rate;
  private final long origin;
  private final Map<String, Bucket> buckets = new HashMap<>();
  private final List<Runnable> held = new ArrayList<>();
  Mode mode = Mode.WELL;
  @Nullable Throwable error; // instead of running anything
  boolean losesGiveBacks;
  boolean holdsGiveBacks; // they are run when they are released
  long clockSetBy; // microseconds
  final List<ScriptCall> calls = new ArrayList<>();
  int doubts;
  boolean closed;

  FakeRedis(ManualTime time, ExactRate rate) {
    this.time = time;
    this.rate = rate;
    this.origin = time.nanoTime();
  }

  @Override
  public void send(ScriptCall call) {
    calls.add(call);
    if (losesGiveBacks && call.script == Script.GIVE_BACK) {
      return;
    }
    if (holdsGiveBacks && call.script == Script.GIVE_BACK) {
      held.add(() -> time.execute(run(call)));
      return;
    }
    Throwable failure = error;
    switch (mode) {
      case WELL ->
          time.execute(failure == null ? () -> time.execute(run(call)) : () -> call.fail(failure));
      case SLOW -> time.execute(() -> held.add(run(call)));
      case GONE -> {}
    }
  }

  void fails(String message) {
    error = new RedisCommandExecutionException(message);
  }

  /** The answers that were held back are on their way. */
  void answer() {
    held.forEach(time::execute);
    held.clear();
  }

  /** The answers that were held back arrive. */
  void release() {
    answer();
    time.runTasks();
  }

  void flush() {
    buckets.clear();
  }

  long questions() {
    return calls.stream().filter(call -> call.script == Script.TAKE).count();
  }

  long giveBacks() {
    return calls.stream().filter(call -> call.script == Script.GIVE_BACK).count();
  }

  private long now() {
    return EPOCH + (time.nanoTime() - origin) / 1_000 + clockSetBy;
  }

  /** Runs the script now, and gives what is to be done for the answer. */
  private Runnable run(ScriptCall call) {
    Bucket bucket = buckets.computeIfAbsent(call.key, key -> new Bucket(rate));
    Numbers n = call.asked;
    if (call.script == Script.GIVE_BACK) {
      long credit = bucket.giveBack(now(), cost(n, 0), n.get(2), n.get(3));
      return () -> call.reply(credit, 0, 0);
    }
    Cost first = n.count() == 0 ? rate.one : cost(n, 0);
    long more = n.count() > 2 ? n.get(2) : 0;
    boolean granted = bucket.take(now(), first, more, cost(n, 3), rate.one, cost(n, 5));
    long taken = granted ? bucket.taken : -1;
    long markOrWait = granted ? bucket.mark : bucket.wait;
    long returnedBefore = granted ? bucket.returnedBefore : 0;
    return () -> call.reply(taken, markOrWait, returnedBefore);
  }

  private static Cost cost(Numbers numbers, int at) {
    return at < numbers.count() ? new Cost(numbers.get(at), numbers.get(at + 1)) : Cost.NONE;
  }

  @Override
  public void doubt(String node) {
    doubts++;
  }

  @Override
  public CompletableFuture<?> attempt() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<?> close() {
    closed = true;
    return CompletableFuture.completedFuture(null);
  }
}
