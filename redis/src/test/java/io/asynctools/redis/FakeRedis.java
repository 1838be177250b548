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
 * Redis on manual time: the arithmetic is {@link ScriptModel}'s, the way there and the way back are
 * a task each. A test says how it fails.
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
  private final Plan plan;
  private final long origin;
  private final Map<String, ScriptModel> buckets = new HashMap<>();
  private @Nullable Plan latest;
  private @Nullable Plan before;
  private final Map<Numbers, Plan> limits = new HashMap<>();
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
    this(time, new Plan(rate, rate));
  }

  FakeRedis(ManualTime time, Plan plan) {
    this.time = time;
    this.plan = plan;
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

  /** Another JVM's way to the same buckets: what it asks is decided at once. */
  long[] decide(String key, Plan limit, Numbers asked) {
    return bucket(key).take(now(), limit, null, asked);
  }

  /** The key is gone, as after DEL. */
  void delete(String key) {
    buckets.remove(key);
  }

  /** Another JVM refunds. */
  long refund(String key, Plan limit, Numbers asked) {
    return bucket(key).giveBack(now(), limit, null, asked);
  }

  /** Calls give this limit, unless they have the numbers of the other; the one it replaced. */
  void knowsAll(Plan limit, Plan replaced) {
    limits.put(limit.limit, limit);
    latest = limit;
    before = replaced;
  }

  private ScriptModel bucket(String key) {
    return buckets.computeIfAbsent(key, none -> new ScriptModel(plan));
  }

  /** Runs the script now, and gives what is to be done for the answer. */
  private Runnable run(ScriptCall call) {
    ScriptModel bucket = bucket(call.key);
    Plan known = limits.get(call.bucket);
    Plan replaced = null;
    if (known == null && call.bucket != plan.limit && latest != null) {
      known = latest;
      replaced = before; // as the numbers say
    }
    Plan limit = known == null ? plan : known;
    if (call.script == Script.GIVE_BACK) {
      long credit = bucket.giveBack(now(), limit, replaced, call.asked);
      return () -> call.reply(credit, 0, 0);
    }
    long[] answer = bucket.take(now(), limit, replaced, call.asked);
    return () -> {
      if (answer.length == 6) {
        call.details(answer[3], answer[4], answer[5] != 0);
      }
      call.reply(answer[0], answer[1], answer[2]);
    };
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
