package io.asynctools.benchmarks;

import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.asynctools.retry.Retry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our retry and its peers, each with its defaults: three attempts. */
public final class Retries {

  /** Makes the call and hands its value on in a future of its own, which nobody else can spoil. */
  @State(Scope.Benchmark)
  public static class Floor extends RetrySubject {
    @Override
    void open() {}

    @Override
    CompletionStage<String> execute() {
      return CompletableFuture.completedFuture(call.get().toCompletableFuture().join());
    }
  }

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Ours extends RetrySubject {
    private Retry retry;

    @Override
    void open() {
      retry = Retry.builder().build();
    }

    @Override
    CompletionStage<String> execute() {
      return retry.execute(call);
    }
  }

  /** Needs a scheduler, though nothing is ever scheduled here. */
  @State(Scope.Benchmark)
  public static class Resilience4j extends RetrySubject {
    private io.github.resilience4j.retry.Retry retry;
    private ScheduledExecutorService timer;

    @Override
    void open() {
      retry = io.github.resilience4j.retry.Retry.ofDefaults("peer");
      timer = Executors.newSingleThreadScheduledExecutor();
    }

    @Override
    CompletionStage<String> execute() {
      return retry.executeCompletionStage(timer, call);
    }

    @Override
    void dispose() {
      timer.shutdownNow();
    }
  }

  /** Makes even the first attempt on another thread, and so has to be waited for. */
  @State(Scope.Benchmark)
  public static class Failsafe extends RetrySubject {
    private FailsafeExecutor<String> executor;

    @Override
    void open() {
      executor = dev.failsafe.Failsafe.with(RetryPolicy.<String>ofDefaults());
    }

    @Override
    CompletionStage<String> execute() {
      CompletableFuture<String> future = executor.getStageAsync(call::get);
      future.join();
      return future;
    }
  }

  private Retries() {}
}
