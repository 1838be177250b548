package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource.Cancellable;
import io.asynctools.retry.RetryModel.Rules;
import io.asynctools.retry.RetryModel.Work;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Whatever the callee does and however long it takes: each attempt starts at the nanosecond at
 * which a plain loop would start it, and the call ends as the loop's.
 *
 * <p>Promises: Retry 1, Retry 2, Retry 3, Retry 4, Retry 6, Retry 7.
 */
@Tag("unit")
class RetryModelTest {
  private static final long YEAR = Duration.ofDays(365).toNanos();

  @Provide
  Arbitrary<Long> nanos() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, 1L, 2L),
        Arbitraries.longs().between(0, 50),
        Arbitraries.longs().between(0, 5_000_000_000L),
        Arbitraries.longs().between(0, 10 * YEAR));
  }

  @Provide
  Arbitrary<Rules> rules() {
    Arbitrary<Long> timeouts = nanos().map(nanos -> Math.max(nanos, 1)).injectNull(0.5);
    return Combinators.combine(
            Arbitraries.integers().between(1, 8),
            nanos(),
            nanos(),
            Arbitraries.of(1.0, 1.5, 2.0, 3.0, 1e6, Double.MAX_VALUE),
            Arbitraries.of(Jitter.class),
            timeouts,
            timeouts)
        .as(RetryModelTest::consistent);
  }

  /** What contradicts itself cannot be built. */
  private static Rules consistent(
      int maxAttempts,
      long initial,
      long max,
      double multiplier,
      Jitter jitter,
      @Nullable Long attemptTimeout,
      @Nullable Long totalTimeout) {
    long first = totalTimeout == null ? initial : Math.min(initial, totalTimeout - 1);
    Long limit =
        attemptTimeout == null || totalTimeout == null
            ? attemptTimeout
            : (Long) Math.min(attemptTimeout, totalTimeout);
    return new Rules(
        maxAttempts, first, Math.max(first, max), multiplier, jitter, limit, totalTimeout);
  }

  @Provide
  Arbitrary<List<Work>> scripts() {
    Arbitrary<Throwable> errors =
        Arbitraries.oneOf(
            Arbitraries.create(() -> new IOException("down")),
            Arbitraries.create(() -> new IOException("still down")),
            Arbitraries.create(() -> new IllegalStateException("not to be retried")),
            nanos().map(RetryModelTest::refusal));
    return Combinators.combine(nanos(), errors.injectNull(0.3), Arbitraries.of("again", "well"))
        .as(Work::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  private static Throwable refusal(long retryAfter) {
    return new RateLimitExceededException(
        "inner", RejectedException.Reason.RATE, Duration.ofNanos(retryAfter));
  }

  @Provide
  Arbitrary<List<Double>> chances() {
    return Arbitraries.oneOf(
            Arbitraries.of(0.0, Math.nextDown(1.0)),
            Arbitraries.doubles().between(0, true, 1, false))
        .list()
        .ofSize(8);
  }

  @Property(tries = 1_200, edgeCases = EdgeCasesMode.NONE) // what is drawn is extreme enough
  void itDoesWhatItsModelDoes(
      @ForAll("rules") Rules rules,
      @ForAll("scripts") List<Work> script,
      @ForAll("chances") List<Double> chances,
      @ForAll("nanos") long patience,
      @ForAll boolean patient) {
    long origin = Long.MAX_VALUE - 1_000_000_000;
    ManualTime time = new ManualTime(origin);
    Told told = new Told();
    List<Long> starts = new ArrayList<>();
    Iterator<Double> random = Stream.generate(() -> chances).flatMap(List::stream).iterator();
    Retry.Builder builder =
        Retry.builder()
            .maxAttempts(rules.maxAttempts())
            .random(random::next)
            .onRetry(told)
            .timeSource(time)
            .executor(time);
    if (rules.maxAttempts() > 1) { // else these are rejected
      builder
          .initialDelay(Duration.ofNanos(rules.initial()))
          .retryOn(IOException.class, RejectedException.class, TimeoutException.class)
          .retryIfResult(result -> RetryModel.asksForRetry((String) result));
    }
    if (rules.maxAttempts() > 1 && rules.initial() > 0) {
      builder.maxDelay(Duration.ofNanos(rules.max())).jitter(rules.jitter());
      if (rules.jitter() != Jitter.DECORRELATED) {
        builder.multiplier(rules.multiplier());
      }
    }
    if (rules.attemptTimeout() != null) {
      builder.attemptTimeout(Duration.ofNanos(rules.attemptTimeout()));
    }
    if (rules.totalTimeout() != null) {
      builder.totalTimeout(Duration.ofNanos(rules.totalTimeout()));
    }
    CompletableFuture<String> call =
        builder
            .build()
            .execute(
                () -> {
                  Work work = script.get(starts.size() % script.size());
                  starts.add(time.nanoTime() - origin);
                  return started(work, time);
                });

    long until = patient ? 200 * YEAR : patience;
    time.advance(Duration.ofNanos(until));

    RetryModel model = new RetryModel(rules, script, chances, told, until);
    assertThat(starts).isEqualTo(model.starts);
    assertThat(told.retries).hasSize(model.heard);
    assertThat(call.isDone()).isEqualTo(model.isOver);
    if (model.isOver) {
      @Nullable Throwable error = call.handle((value, thrown) -> thrown).join();
      assertThat(error == null ? null : error.getClass()).isEqualTo(model.error);
      assertThat(call.exceptionally(thrown -> null).join()).isEqualTo(model.value);
    } else { // the caller has had enough
      call.cancel(true);
      time.advance(Duration.ofNanos(50 * YEAR));
      assertThat(starts).isEqualTo(model.starts);
      assertThat(told.retries).hasSize(model.heard);
    }
    assertThat(time.pending()).isZero();
  }

  /** Work that is dropped when its future is ended. */
  private static CompletableFuture<String> started(Work work, ManualTime time) {
    CompletableFuture<String> future = new CompletableFuture<>();
    Runnable end =
        () -> {
          if (work.error() == null) {
            future.complete(work.value());
          } else {
            future.completeExceptionally(work.error());
          }
        };
    if (work.takes() == 0) {
      end.run();
    } else {
      Cancellable timer = time.schedule(end, work.takes());
      future.whenComplete((value, thrown) -> timer.cancel());
    }
    return future;
  }
}
