package io.asynctools.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.TimedBreakerModel.Built;
import io.asynctools.circuitbreaker.TimedBreakerModel.Call;
import io.asynctools.circuitbreaker.TimedBreakerModel.Ending;
import io.asynctools.circuitbreaker.TimedBreakerModel.HalfOpen;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Whatever happens in whatever order, with every kind of window: what is admitted, in which state,
 * what counts, and what the listener hears, is as in a model that is simple enough to believe.
 *
 * <p>Promises: Circuit breaker 1, Circuit breaker 2, Circuit breaker 3, Circuit breaker 4, Circuit
 * breaker 5, Circuit breaker 6, All 12.
 */
@Tag("unit")
class TimedBreakerModelTest {
  private static final long DECADES = Duration.ofDays(7_300).toNanos() / 20 * 20;

  enum Act {
    CALL,
    END,
    PASS,
    RESET,
    FORCE_OPEN,
    ISOLATE
  }

  /** What somebody does; the number says how long, or which of the calls, and how it ends. */
  record Step(Act act, int number) {}

  private record Admitted(Permit permit, Call call) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Act> acts = // most of what happens is calls
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.of(Act.CALL, Act.END)),
            Tuple.of(3, Arbitraries.just(Act.PASS)),
            Tuple.of(1, Arbitraries.of(Act.class)));
    return Combinators.combine(acts, Arbitraries.integers().between(0, 9_999))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(100);
  }

  @Provide
  Arbitrary<Built> breakers() {
    Arbitrary<Long> times = Arbitraries.of(1L, 20L, 60L, 1_000_000_000L, DECADES);
    Arbitrary<Double> rates = Arbitraries.of(1e-9, 0.2, 0.5, 2.0 / 3, 1.0);
    Arbitrary<Integer> few = Arbitraries.integers().between(1, 4);
    return Combinators.combine(
            few,
            times,
            few,
            times,
            Arbitraries.integers().between(0, 2), // which window
            times.map(time -> (time + 19) / 20 * 20),
            Combinators.combine(rates, rates).as(List::of),
            Combinators.combine(
                    times.injectNull(0.5), few, few.injectNull(0.5), rates, Arbitraries.integers())
                .as(Probing::new))
        .as(
            (threshold, timeout, probes, probeTimeout, window, span, ratesOfBoth, probing) ->
                new Built(
                    threshold,
                    timeout,
                    probes,
                    probeTimeout,
                    window == 1 ? (Integer) (threshold + probes) : null,
                    window == 2 ? span : null,
                    ratesOfBoth.get(0),
                    probes,
                    window == 0 ? null : probing.slow(),
                    ratesOfBoth.get(1),
                    probing.halfOpen()));
  }

  private record Probing(
      @Nullable Long slow, int successes, @Nullable Integer calls, double rate, int other) {

    HalfOpen halfOpen() {
      double multiplier = new double[] {1, 1.5, 2, 1e300}[other & 3];
      return new HalfOpen(successes, calls, rate, (other & 4) == 0, multiplier);
    }
  }

  @Property(tries = 1_200, edgeCases = EdgeCasesMode.NONE) // what is drawn is extreme enough
  void itDoesWhatItsModelDoes(
      @ForAll("breakers") Built built, @ForAll("steps") List<Step> steps, @ForAll long origin) {
    ManualTime time = new ManualTime(origin);
    List<String> changes = new ArrayList<>();
    CircuitBreaker breaker = breaker(built, time, changes);
    TimedBreakerModel model = new TimedBreakerModel(built);
    List<Admitted> calls = new ArrayList<>();
    long elapsed = 0;
    for (Step step : steps) {
      int number = step.number();
      switch (step.act()) {
        case CALL -> call(breaker, model).ifPresent(calls::add);
        case END -> {
          if (!calls.isEmpty()) { // perhaps once more
            Admitted admitted = calls.get(number % calls.size());
            Ending ending = Ending.values()[number / 100 % Ending.values().length];
            end(admitted.permit(), ending);
            model.ends(admitted.call(), ending);
          }
        }
        case PASS -> {
          long nanos = span(built, number);
          if (nanos < 10 * DECADES - elapsed) { // the clock's range
            elapsed += nanos;
            time.advance(Duration.ofNanos(nanos));
            model.passes(nanos);
          }
        }
        case RESET -> {
          breaker.reset();
          model.resets();
        }
        case FORCE_OPEN -> {
          if (number % 2 == 0) {
            breaker.forceOpen();
            model.isForcedOpen(built.timeout());
          } else {
            long nanos = span(built, number) + 1;
            breaker.forceOpen(Duration.ofNanos(nanos));
            model.isForcedOpen(nanos);
          }
        }
        case ISOLATE -> {
          breaker.isolate();
          model.isIsolated();
        }
      }
      assertThat(breaker.state()).isEqualTo(model.state());
      assertThat(breaker.estimateWait(1).toNanos()).as("wait").isEqualTo(model.estimate());
      assertThat(breaker.failureCount()).isEqualTo(model.failureCount());
      assertThat(breaker.isIdle()).as("idle").isEqualTo(model.isIdle());
      assertThat(changes).isEqualTo(model.changes);
      assertThat(time.pending()).isZero();
    }
  }

  private static Optional<Admitted> call(CircuitBreaker breaker, TimedBreakerModel model) {
    CompletableFuture<Permit> permit = breaker.acquire();
    @Nullable Call call = model.admits();
    assertThat(permit.isCompletedExceptionally()).as("refused").isEqualTo(call == null);
    if (call != null) {
      return Optional.of(new Admitted(permit.join(), call));
    }
    RejectedException refusal = (RejectedException) permit.handle((value, thrown) -> thrown).join();
    assertThat(refusal.retryAfter().map(Duration::toNanos))
        .isEqualTo(Optional.ofNullable(model.retryAfter()));
    return Optional.empty();
  }

  private static void end(Permit permit, Ending ending) {
    switch (ending) {
      case SUCCESS -> permit.recordSuccess();
      case FAILURE -> permit.recordFailure(new Steps.Down());
      case CANCEL -> permit.recordFailure(new CancellationException());
      case RELEASE -> permit.release();
      case IGNORED -> permit.recordFailure(new IllegalArgumentException("the caller's mistake"));
    }
  }

  /** A few nanoseconds, or about one of the times that matter. */
  private static long span(Built built, int number) {
    long about =
        switch (number % 6) {
          case 0 -> built.timeout();
          case 1 -> built.probeTimeout();
          case 2 -> built.timeWindow() == null ? 1 : built.timeWindow();
          case 3 -> built.timeWindow() == null ? 1 : built.timeWindow() / 20;
          case 4 -> built.slowAfter() == null ? 1 : built.slowAfter();
          default -> 0;
        };
    return Math.max(about + number / 6 % 3 - 1, 0);
  }

  private static CircuitBreaker breaker(Built built, ManualTime time, List<String> changes) {
    CircuitBreaker.Builder builder =
        Steps.breakerOn(time)
            .timeout(Duration.ofNanos(built.timeout()))
            .halfOpenMaxCalls(built.halfOpenMaxCalls())
            .probeTimeout(Duration.ofNanos(built.probeTimeout()))
            .recordFailureIf(error -> !(error instanceof IllegalArgumentException))
            .onStateChange((from, to) -> changes.add(from + " -> " + to));
    HalfOpen halfOpen = built.halfOpen();
    if (halfOpen.calls() == null) {
      builder.halfOpenSuccesses(halfOpen.successes());
    } else {
      builder.halfOpenMinimumCalls(halfOpen.calls()).halfOpenFailureRateThreshold(halfOpen.rate());
    }
    if (halfOpen.multiplier() > 1) {
      builder.timeoutMultiplier(halfOpen.multiplier());
    }
    if (!built.hasWindow()) {
      builder.failureThreshold(built.failureThreshold());
    }
    if (built.countWindow() != null) {
      builder.countWindow(built.countWindow());
    }
    if (built.timeWindow() != null) {
      builder.timeWindow(Duration.ofNanos(built.timeWindow()));
    }
    if (built.hasWindow()) {
      builder.failureRateThreshold(built.failureRate()).minimumCalls(built.minimumCalls());
      if (built.slowAfter() != null) {
        builder
            .slowCallDuration(Duration.ofNanos(built.slowAfter()))
            .slowCallRateThreshold(built.slowRate())
            .slowProbesFail(halfOpen.slowFails());
      }
    }
    return builder.build();
  }
}
