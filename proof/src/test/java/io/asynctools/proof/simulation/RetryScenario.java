package io.asynctools.proof.simulation;

import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.proof.calls.Work;
import io.asynctools.retry.Retry;
import io.asynctools.retry.RetryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * One retry with a budget, and many calls that fail, hang, throw, are called off and refused. Held
 * to it: never two attempts at once, no attempt before its delay has passed, none after the end,
 * never more than there may be, the last error itself, the time in all, and the budget.
 */
final class RetryScenario extends Scenario {
  private static final int MOST = 200; // calls at a time
  private static final long LIMITED = Duration.ofDays(1).toNanos();

  private final Retry retry;
  private final int maxAttempts;
  private final long initial;
  private final long maxDelay;
  private final double multiplier;
  private final long total; // LIMITED for none
  private final double share;
  private final Rate floor;
  private final long begun;
  private final List<Call> open = new ArrayList<>();
  private final List<Work> running = new ArrayList<>();
  private final Map<Work, Call> owners = new IdentityHashMap<>(); // of those that run
  private long calls;
  private long retries; // that the budget has allowed

  RetryScenario(World world) {
    super(world);
    this.maxAttempts = 1 + random.nextInt(6);
    long wanted = someNanos();
    long longest = wanted + someNanos();
    this.multiplier = 1 + random.nextInt(5) / 2.0;
    boolean bounded = random.nextBoolean();
    this.total = bounded ? 1 + someNanos() : LIMITED;
    this.initial = bounded ? Math.min(wanted, total - 1) : wanted;
    this.maxDelay = longest;
    this.share = (1 + random.nextInt(10)) / (random.nextBoolean() ? 10.0 : 100.0);
    this.floor = // the clock jumps far: a floor by the second would hide all else
        random.nextBoolean()
            ? Rate.perSecond(1 + random.nextInt(5))
            : new Rate(1, Duration.ofDays(1));
    this.begun = world.now();
    Retry.Builder builder =
        Retry.builder()
            .maxAttempts(maxAttempts)
            .initialDelay(Duration.ofNanos(initial))
            .maxDelay(Duration.ofNanos(maxDelay))
            .multiplier(multiplier)
            .retryIf(error -> !(error instanceof Final))
            .budget(RetryBudget.of(share, floor))
            .onRetry((error, next, delay) -> retries(next))
            .timeSource(world)
            .executor(world);
    if (bounded) {
      builder.totalTimeout(Duration.ofNanos(total));
    }
    if (random.nextBoolean()) {
      long limit = 1 + someNanos();
      builder.attemptTimeout(Duration.ofNanos(bounded ? Math.min(limit, total) : limit));
    }
    this.retry = builder.build();
    note("a retry, " + maxAttempts + " attempts, " + initial + " to " + maxDelay + ", " + total);
  }

  /** Not to be retried. */
  private static final class Final extends RuntimeException {
    private static final long serialVersionUID = 1;

    Final() {
      super("final", null, false, false);
    }
  }

  private void retries(int next) {
    retries++;
    double seconds = (world.now() - begun) / 1e9;
    require(next <= maxAttempts, "attempt %d of %d", next, maxAttempts);
    double perSecond = floor.permits() / (floor.period().toNanos() / 1e9);
    double fromFloor = perSecond * (seconds + 1) + (perSecond < 1 ? 1 : 0);
    require(
        retries <= share * calls * (1 + 1e-9) + fromFloor + 1e-6,
        "%d retries of %d calls in %f s: over the budget",
        retries,
        calls,
        seconds);
    if (random.nextInt(4) == 0) {
      throw new Crash("a listener that throws");
    }
  }

  @Override
  void act() {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> execute();
      case 3, 4, 5 -> finishOne();
      default -> leave();
    }
  }

  private void execute() {
    if (open.size() >= MOST) {
      return;
    }
    calls++;
    Call call = new Call();
    call.future = promise("execute", retry.execute(call::attempt));
    if (call.future.isDone()) {
      call.hears();
    } else {
      open.add(call);
      call.future.whenComplete(
          (value, error) -> {
            open.remove(call);
            call.hears();
            callback();
          });
    }
  }

  /** One call, and how its attempts went. */
  private final class Call {
    private final long at = world.now();
    private CompletableFuture<String> future;
    private int attempts;
    private Work runs; // what the last attempt gave, if it is reachable
    private Throwable error; // of the last attempt that has failed
    private long notBefore; // the next attempt
    private boolean left; // by its caller
    private boolean heard;

    CompletionStage<String> attempt() {
      attempts++;
      require(!left, "an attempt after the caller has left");
      require(!heard, "an attempt after the end");
      require(attempts <= maxAttempts, "attempt %d of %d", attempts, maxAttempts);
      require(runs == null || runs.isOver(), "two attempts at once");
      require(world.now() >= notBefore, "an attempt %d ns too early", notBefore - world.now());
      require(attempts == 1 || world.now() - at < total, "an attempt after the time in all");
      runs = null;
      return start();
    }

    private CompletionStage<String> start() {
      switch (random.nextInt(10)) {
        case 0 -> {
          return CompletableFuture.completedFuture("done");
        }
        case 1 -> {
          return CompletableFuture.failedFuture(fails(new Crash("a call that fails")));
        }
        case 2 -> throw (Crash) fails(new Crash("a call that throws"));
        case 3 -> {
          Crash.OfMemory e = new Crash.OfMemory();
          error = e;
          throw e;
        }
        case 4 -> {
          return CompletableFuture.failedFuture(fails(new Final()));
        }
        case 5 -> {
          return CompletableFuture.failedFuture(refuses());
        }
        default -> {
          return run();
        }
      }
    }

    private Work run() {
      boolean reachable = random.nextInt(5) > 0;
      Work work =
          new Work(
              reachable,
              ended -> {
                running.remove(ended);
                owners.remove(ended);
                if (runs == ended) {
                  fails(null); // unless it is told how
                }
              });
      running.add(work);
      owners.put(work, this);
      runs = reachable ? work : null;
      return work;
    }

    private Throwable fails(Throwable with) {
      error = with;
      notBefore = world.now() + delayAfter(attempts);
      return with;
    }

    private Throwable refuses() {
      Duration after = Duration.ofNanos(someNanos());
      RejectedException refusal =
          new RateLimitExceededException("inside", RejectedException.Reason.RATE, after);
      fails(refusal);
      notBefore = Math.max(notBefore, world.now() + after.toNanos());
      return refusal;
    }

    void hears() {
      require(!heard, "heard twice");
      heard = true;
      if (left || error == null) {
        return;
      }
      Throwable thrown = future.handle((value, e) -> e).join();
      require(
          thrown == null || thrown == error || thrown instanceof TimeoutException,
          "ended with %s in place of the last error, %s",
          thrown,
          error);
    }
  }

  private long delayAfter(int attempt) {
    double nanos = attempt == 1 ? initial : initial * Math.pow(multiplier, attempt - 1);
    return (long) Math.min(nanos, maxDelay);
  }

  private void finishOne() {
    Work work = any(running);
    if (work != null) {
      finish(work);
    }
  }

  private void finish(Work work) {
    Call call = owners.remove(work);
    if (call == null) {
      return; // ended meanwhile, in a callback
    }
    boolean current = call.runs == work;
    if (!current) {
      call.error = null; // of an attempt that could not be ended: nobody knows which counts
    }
    switch (random.nextInt(6)) {
      case 0 -> work.cancel(true);
      case 1, 2, 3 -> {
        Crash crash = new Crash("failed");
        if (current) {
          call.runs = null;
          call.fails(crash);
        }
        work.completeExceptionally(crash);
      }
      default -> work.complete("done");
    }
  }

  private void leave() {
    Call call = any(open);
    if (call == null) {
      return;
    }
    call.left = true;
    boolean ended = endFromOutside(call.future);
    call.left = ended; // else it was ending already, further up this thread
    require(!ended || call.future.isDone(), "a future that was ended from outside is not done");
    require(
        !ended || call.runs == null || call.runs.isOver(),
        "an attempt runs on after its call was ended");
  }

  @Override
  void checkAtRest() {
    for (Call call : open) {
      require(world.now() - call.at < total, "a call outlives its time in all");
    }
  }

  @Override
  boolean letGo() {
    boolean some = !running.isEmpty();
    List.copyOf(running).forEach(this::finish);
    return some;
  }

  @Override
  void checkAtEnd() {
    require(open.isEmpty(), "%d calls are open", open.size());
    require(world.timers() == 0, "%d timers at the end", world.timers());
  }
}
