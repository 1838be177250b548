package io.asynctools.proof.simulation;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.proof.calls.Work;
import io.asynctools.proof.simulation.Book.Promise;
import io.asynctools.proof.simulation.World.HandOver;
import io.asynctools.retry.Retry;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The recommended stack, retry over bucket over breaker over semaphore, and clients that call
 * through it and leave. What the bucket lets through is seen from just inside it; what runs at
 * once, by the calls themselves; and at the end all that was taken is back.
 */
final class StackScenario extends Scenario {
  private static final int MOST = 200; // calls at a time

  private final int capacity;
  private final int limit;
  private final int maxAttempts;
  private final TokenBucketRateLimiter bucket;
  private final CircuitBreaker breaker;
  private final SemaphoreRateLimiter semaphore;
  private final AsyncPolicy stack;
  private final Promise window;
  private final List<Call> open = new ArrayList<>();
  private final List<Work> running = new ArrayList<>();
  private State last = State.CLOSED;
  private int concurrent;

  StackScenario(World world) {
    super(world);
    Rate rate = Rate.perSecond(1 + random.nextInt(100));
    this.capacity = 1 + random.nextInt(20);
    this.limit = 1 + random.nextInt(5);
    this.maxAttempts = 1 + random.nextInt(4);
    this.bucket =
        TokenBucketRateLimiter.builder(rate)
            .capacity(capacity)
            .timeSource(world)
            .executor(world)
            .build();
    this.breaker =
        CircuitBreaker.builder()
            .logLevel(System.Logger.Level.OFF)
            .failureThreshold(1 + random.nextInt(6))
            .timeout(Duration.ofNanos(1 + someNanos()))
            .onStateChange(this::changes)
            .timeSource(world)
            .executor(world)
            .build();
    this.semaphore =
        SemaphoreRateLimiter.builder(limit)
            .maxWait(Duration.ofNanos(someNanos()))
            .timeSource(world)
            .executor(world)
            .build();
    this.window = new WindowPromise(this, "bucket", rate, capacity, bucket::availableTokens);
    long total = 2 + someNanos();
    boolean bounded = random.nextBoolean();
    long first = someNanos();
    Retry.Builder builder =
        Retry.builder()
            .maxAttempts(maxAttempts)
            .initialDelay(Duration.ofNanos(bounded ? Math.min(first, total - 1) : first))
            .timeSource(world)
            .executor(world);
    if (random.nextBoolean()) {
      long limit = 1 + someNanos();
      builder.attemptTimeout(Duration.ofNanos(bounded ? Math.min(limit, total) : limit));
    }
    if (bounded) {
      builder.totalTimeout(Duration.ofNanos(total));
    }
    this.stack = AsyncPolicy.compose(builder.build(), new Watched(), breaker, semaphore);
    note("a stack of " + rate + ", capacity " + capacity + ", at most " + limit);
  }

  private void changes(State from, State to) {
    require(from == last, "a change from %s was reported, after one to %s", from, last);
    require(from != to, "a change from %s to itself was reported", from);
    last = to;
  }

  /** The bucket, watched from just inside: each grant is entered as it is used. */
  private final class Watched implements AsyncPolicy {
    @Override
    public String name() {
      return bucket.name();
    }

    @Override
    public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
      HandOver before = world.current();
      boolean[] inside = {true};
      CompletableFuture<T> future =
          bucket.execute(
              () -> {
                boolean atOnce = inside[0] && world.current() == before;
                window.granted(atOnce ? world.now() : world.current().time(), 1, 0);
                return call.get();
              });
      inside[0] = false;
      return future;
    }

    @Override
    public <T, X extends Exception> T call(CheckedCallable<? extends T, X> call)
        throws X, InterruptedException {
      return bucket.<T, X>call(call);
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

  private final class Call {
    private CompletableFuture<String> future;
    private int attempts;
    private boolean left;

    CompletionStage<String> start() {
      require(!left, "an attempt after the caller has left");
      require(++attempts <= maxAttempts, "attempt %d of %d", attempts, maxAttempts);
      concurrent++;
      require(concurrent <= limit, "%d calls at once, of %d", concurrent, limit);
      int how = random.nextInt(12);
      if (how < 6) {
        return run(how > 0);
      }
      concurrent--;
      switch (how) {
        case 6, 7 -> throw new Crash("a call that throws");
        case 8 -> throw new Crash.OfMemory();
        case 9 -> {
          return null;
        }
        default -> {
          return CompletableFuture.completedFuture("done");
        }
      }
    }
  }

  private Work run(boolean reachable) {
    Work work =
        new Work(
            reachable,
            ended -> {
              running.remove(ended);
              concurrent--;
            });
    running.add(work);
    return work;
  }

  private void execute() {
    if (open.size() >= MOST) {
      return;
    }
    Call call = new Call();
    call.future = promise("execute", stack.execute(call::start));
    if (!call.future.isDone()) {
      open.add(call);
      call.future.whenComplete(
          (value, error) -> {
            open.remove(call);
            callback();
          });
    }
  }

  private void finishOne() {
    Work work = any(running);
    if (work != null) {
      finish(work);
    }
  }

  private void finish(Work work) {
    switch (random.nextInt(5)) {
      case 0 -> work.cancel(true);
      case 1, 2 -> work.completeExceptionally(new Crash("failed"));
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
  }

  @Override
  void check() {
    State now = breaker.state();
    boolean due = now == State.HALF_OPEN && last == State.OPEN; // reported with the next call
    require(now == last || due, "%s, but last reported %s", now, last);
  }

  @Override
  void checkAtRest() {
    int free = semaphore.availablePermits();
    require(free == limit - concurrent, "%d free and %d run, of %d", free, concurrent, limit);
    require(semaphore.waiters() == 0 || free == 0, "%d wait for %d", semaphore.waiters(), free);
    require(
        bucket.waiters() == 0 || bucket.availableTokens() == 0,
        "%d wait for %d tokens",
        bucket.waiters(),
        bucket.availableTokens());
  }

  @Override
  boolean letGo() {
    boolean some = !running.isEmpty();
    List.copyOf(running).forEach(this::finish);
    return some;
  }

  @Override
  void checkAtEnd() {
    require(open.isEmpty() && concurrent == 0, "%d open, %d run", open.size(), concurrent);
    require(
        semaphore.availablePermits() == limit,
        "%d of %d permits came back",
        semaphore.availablePermits(),
        limit);
    require(semaphore.isIdle() && bucket.waiters() == 0, "somebody waits at the end");
    require(world.timers() == 0, "%d timers at the end", world.timers());
    world.jump(Duration.ofSeconds(capacity).toNanos());
    require(bucket.isIdle(), "%d of %d tokens", bucket.availableTokens(), capacity);
  }
}
