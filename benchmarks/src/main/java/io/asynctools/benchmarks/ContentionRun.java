package io.asynctools.benchmarks;

import io.asynctools.benchmarks.ContentionFigures.Cell;
import io.asynctools.benchmarks.ContentionFigures.Fork;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of some situations in rounds: every subject once, a fork each, then all of
 * them again. JMH's own order, all forks of one and then all of the next, would let a minute of
 * foreign load decide a comparison.
 */
final class ContentionRun {
  private final BenchOptions options;
  private final ContentionFigures figures = new ContentionFigures();

  ContentionRun(BenchOptions options) {
    this.options = options;
  }

  ContentionFigures run(List<Situation> situations) throws RunnerException {
    for (int round = 1; round <= options.rounds(); round++) {
      for (Situation situation : situations) {
        for (int threads : situation.threads(options.threads())) {
          System.err.printf(
              "round %d of %d: %s, %d thread(s)%n", round, options.rounds(), situation, threads);
          for (Subject subject : Subject.in(situation)) {
            Cell cell = new Cell(subject, situation, threads);
            figures.add(cell, fork(cell));
          }
        }
      }
    }
    return figures;
  }

  private Fork fork(Cell cell) throws RunnerException {
    String name = cell.situation().benchmark.getName() + "." + cell.subject().method;
    Options benchmark =
        new OptionsBuilder()
            .include("^" + name.replace(".", "\\.") + "$")
            .threads(cell.threads())
            .forks(1)
            .warmupIterations(options.warmups())
            .warmupTime(options.iteration())
            .measurementIterations(options.measurements())
            .measurementTime(options.iteration())
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .param("situation", cell.situation().name()) // for those that have it
            .build();
    RunResult result = new Runner(benchmark).runSingle();
    Result<?> allocation = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return new Fork(
        result.getPrimaryResult().getScore(),
        allocation == null ? Double.NaN : allocation.getScore());
  }
}
