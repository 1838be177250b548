package io.asynctools.proof.simulation;

import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.CircuitBreakerOpenException;
import io.asynctools.proof.calls.Work;
import io.asynctools.proof.simulation.BreakerBook.Admitted;
import io.asynctools.proof.simulation.BreakerBook.Outcome;
import io.asynctools.proof.simulation.BreakerBook.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * One breaker beside a naive one, which must agree with it at every step: whom they admit, in which
 * state they are, what they count, what the listener hears. Calls end late, twice, or when the
 * breaker has moved on; probes hang; listeners and callbacks throw and use the breaker again.
 */
final class BreakerScenario extends Scenario {
  private static final int MOST = 100; // calls at a time

  private record Held(Permit permit, Admitted call) {}

  private record Running(CompletableFuture<String> future, Admitted call) {}

  private final CircuitBreaker breaker;
  private final BreakerBook book;
  private final List<Held> held = new ArrayList<>();
  private final List<Held> spent = new ArrayList<>();
  private final List<Running> open = new ArrayList<>();
  private final List<Work> running = new ArrayList<>();
  private final Map<Work, Outcome> outcomes = new IdentityHashMap<>(); // of those that end now

  BreakerScenario(World world) {
    super(world);
    Rules rules = someRules();
    this.book = new BreakerBook(this, rules);
    CircuitBreaker.Builder builder =
        CircuitBreaker.builder()
            .logLevel(System.Logger.Level.OFF)
            .timeout(Duration.ofNanos(rules.timeout()))
            .halfOpenMaxCalls(rules.probes())
            .probeTimeout(Duration.ofNanos(rules.probeTimeout()))
            .onStateChange(this::changes)
            .timeSource(world)
            .executor(world);
    if (rules.window() > 0) {
      builder
          .countWindow(rules.window())
          .failureRateThreshold(rules.failureRate())
          .minimumCalls(rules.minimumCalls());
    } else {
      builder.failureThreshold(rules.threshold());
    }
    if (rules.window() > 0) {
      if (rules.slow() > 0) {
        builder
            .slowCallDuration(Duration.ofNanos(rules.slow()))
            .slowCallRateThreshold(rules.slowRate());
      }
    }
    this.breaker = builder.build();
    note("a breaker: " + rules);
  }

  private Rules someRules() {
    int window = random.nextBoolean() ? 0 : 1 + random.nextInt(30);
    return new Rules(
        1 + random.nextInt(5),
        1 + someNanos(),
        1 + random.nextInt(4),
        1 + someNanos(),
        window,
        (1 + random.nextInt(10)) / 10.0,
        1 + random.nextInt(Math.max(window, 1)),
        window > 0 && random.nextBoolean() ? 1 + someNanos() : 0,
        (1 + random.nextInt(10)) / 10.0);
  }

  private void changes(State from, State to) {
    note("from " + from + " to " + to);
    book.reported(from, to);
    if (random.nextInt(4) == 0) {
      attempt(); // which may change the state again
    }
    if (random.nextInt(4) == 0) {
      throw new Crash("a listener that throws");
    }
  }

  @Override
  void act() {
    switch (random.nextInt(20)) {
      case 0, 1 -> attempt();
      case 2, 3, 4 -> acquire();
      case 5, 6, 7, 8, 9 -> execute();
      case 10, 11, 12 -> end();
      case 13, 14, 15 -> finishCall();
      case 16, 17, 18 -> leave();
      default -> byHand();
    }
  }

  private void byHand() {
    switch (random.nextInt(4)) {
      case 0 -> {
        note("reset");
        book.reset();
        breaker.reset();
      }
      case 1 -> {
        note("forced open");
        book.forceOpen();
        breaker.forceOpen();
      }
      default -> {}
    }
  }

  // ---- Coming

  private void attempt() {
    Admitted call = book.asks();
    Optional<Permit> permit = breaker.tryAcquire();
    agree(call != null, permit.isPresent());
    permit.ifPresent(it -> held.add(new Held(it, call)));
  }

  private void acquire() {
    Admitted call = book.asks();
    CompletableFuture<Permit> future = promise("acquire", breaker.acquire());
    require(future.isDone(), "a breaker makes nobody wait");
    agree(call != null, !future.isCompletedExceptionally());
    if (call != null) {
      held.add(new Held(future.join(), call));
    }
  }

  private void agree(boolean admitted, boolean was) {
    require(
        admitted == was,
        "%s, although %s with %d probes out",
        was ? "admitted" : "refused",
        book.state(),
        book.probesOut());
  }

  private void execute() {
    if (open.size() >= MOST) {
      return;
    }
    Admitted call = book.asks();
    boolean[] started = new boolean[1];
    CompletableFuture<String> future =
        promise(
            "execute",
            breaker.execute(
                () -> {
                  started[0] = true;
                  return start(call);
                }));
    agree(call != null, started[0]);
    if (!future.isDone()) {
      Running one = new Running(future, call);
      open.add(one);
      future.whenComplete(
          (value, error) -> {
            open.remove(one);
            callback();
          });
    }
  }

  private CompletionStage<String> start(Admitted call) {
    require(call != null, "a call was let through, although %s", book.state());
    int how = random.nextInt(12);
    switch (how) {
      case 0, 1 -> {
        book.ends(call, Outcome.GOOD);
        return CompletableFuture.completedFuture("done");
      }
      case 2, 3 -> {
        book.ends(call, Outcome.BAD);
        return CompletableFuture.failedFuture(new Crash("a call that fails"));
      }
      case 4 -> {
        book.ends(call, Outcome.IGNORED);
        return CompletableFuture.failedFuture(refusalInside());
      }
      case 5 -> {
        book.ends(call, Outcome.BAD);
        if (random.nextBoolean()) {
          throw new Crash("a call that throws");
        }
        throw new Crash.OfMemory();
      }
      case 6 -> {
        book.ends(call, Outcome.BAD);
        return null;
      }
      default -> {
        Work work =
            new Work(
                how > 7,
                ended -> {
                  running.remove(ended);
                  book.ends(call, outcomes.getOrDefault(ended, Outcome.CANCELLED));
                });
        running.add(work);
        return work;
      }
    }
  }

  private static RejectedException refusalInside() {
    return new RateLimitExceededException("inside", RejectedException.Reason.RATE, null);
  }

  // ---- Going

  private void finishCall() {
    Work work = any(running);
    if (work != null) {
      finish(work);
    }
  }

  private void finish(Work work) {
    switch (random.nextInt(5)) {
      case 0 -> work.cancel(true);
      case 1, 2 -> {
        outcomes.put(work, Outcome.BAD);
        work.completeExceptionally(new Crash("failed"));
      }
      default -> {
        outcomes.put(work, Outcome.GOOD);
        work.complete("done");
      }
    }
    outcomes.remove(work);
  }

  private void leave() {
    Running one = any(open);
    if (one == null) {
      return;
    }
    boolean late = random.nextBoolean();
    book.hears(one.call, late ? Outcome.BAD : Outcome.CANCELLED);
    if (late) {
      one.future.completeExceptionally(new TimeoutException());
    } else if (random.nextBoolean()) {
      one.future.complete("enough");
    } else {
      one.future.cancel(true);
    }
    require(one.future.isDone(), "a future that was ended from outside is not done");
  }

  private void end() {
    if (random.nextInt(8) == 0 && !spent.isEmpty()) {
      endOnce(any(spent)); // again: nothing comes of it
      return;
    }
    Held one = any(held);
    if (one != null) {
      end(one);
    }
  }

  private void end(Held one) {
    held.remove(one);
    if (spent.size() < 50) {
      spent.add(one);
    }
    endOnce(one);
  }

  private void endOnce(Held one) {
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        book.ends(one.call, Outcome.GOOD);
        one.permit.recordSuccess();
      }
      case 2, 3 -> {
        book.ends(one.call, Outcome.BAD);
        one.permit.recordFailure(new Crash("by hand"));
      }
      default -> {
        book.ends(one.call, Outcome.CANCELLED);
        one.permit.release();
      }
    }
  }

  // ---- What must hold

  @Override
  void check() {
    require(
        breaker.state() == book.state(),
        "%s, where it should be %s",
        breaker.state(),
        book.state());
    require(
        breaker.failureCount() == book.failureCount(),
        "%d failures, where there should be %d",
        breaker.failureCount(),
        book.failureCount());
    require(book.allReported(), "a change of state was not reported");
  }

  @Override
  boolean letGo() {
    boolean some = !held.isEmpty() || !running.isEmpty();
    List.copyOf(held).forEach(this::end);
    List.copyOf(running).forEach(this::finish);
    return some;
  }

  /** Breaker 3: it is not stuck: once the time has passed, one good call closes it. */
  @Override
  void checkAtEnd() {
    check();
    if (book.state() == State.OPEN) {
      Admitted early = book.asks();
      CompletableFuture<Permit> future = breaker.acquire();
      agree(early != null, !future.isCompletedExceptionally());
      if (early == null) {
        world.jump(retryAfter(future));
      } else {
        book.ends(early, Outcome.CANCELLED);
        future.join().release();
      }
    }
    Admitted probe = book.asks();
    Optional<Permit> permit = breaker.tryAcquire();
    agree(true, permit.isPresent());
    book.ends(probe, Outcome.GOOD);
    permit.orElseThrow().recordSuccess();
    check();
    require(!probe.probe || breaker.state() == State.CLOSED, "stuck in %s", breaker.state());
    require(world.timers() == 0, "%d timers of a breaker", world.timers());
  }

  /** Exactly when a probe is let through. */
  private static long retryAfter(CompletableFuture<Permit> refused) {
    Throwable error = refused.handle((permit, thrown) -> thrown).join();
    return ((CircuitBreakerOpenException) error).retryAfter().orElseThrow().toNanos();
  }
}
