package io.asynctools.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/** Operations per microsecond and bytes per operation, by cell of the table and by round. */
final class ContentionFigures {

  /** A cell of the table. */
  record Cell(Subject subject, Situation situation, int threads) {}

  /** What one fork measured. */
  record Fork(double opsPerMicro, double bytesPerOp) {}

  private final Map<Cell, List<Fork>> forks = new LinkedHashMap<>();

  void add(Cell cell, Fork fork) {
    forks.computeIfAbsent(cell, c -> new ArrayList<>()).add(fork);
  }

  Map<Cell, List<Fork>> all() {
    return forks;
  }

  boolean has(Subject subject, Situation situation, int threads) {
    return forks.containsKey(new Cell(subject, situation, threads));
  }

  /** The median of the forks, NaN if it was not measured. */
  double ops(Subject subject, Situation situation, int threads) {
    return Medians.of(
        of(subject, situation, threads).stream().mapToDouble(Fork::opsPerMicro).toArray());
  }

  /** The median of each thread count's forks, and of those the highest. */
  OptionalDouble bytes(Subject subject, Situation situation) {
    return forks.entrySet().stream()
        .filter(e -> e.getKey().subject() == subject && e.getKey().situation() == situation)
        .mapToDouble(e -> Medians.of(e.getValue().stream().mapToDouble(Fork::bytesPerOp).toArray()))
        .max();
  }

  /** The median of the rounds' own ratios: what drifts between rounds cancels out. */
  double ratio(Subject subject, Subject to, Situation situation, int threads) {
    List<Fork> ours = of(subject, situation, threads);
    List<Fork> theirs = of(to, situation, threads);
    double[] ratios = new double[Math.min(ours.size(), theirs.size())];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] = ours.get(round).opsPerMicro() / theirs.get(round).opsPerMicro();
    }
    return Medians.of(ratios);
  }

  /** The fastest peer of those that are wanted; the first of them if none was measured. */
  Subject bestPeer(Predicate<Subject> wanted, Situation situation, int threads) {
    Subject best = null;
    for (Subject peer : Subject.in(situation)) {
      if (peer.isPeer()
          && wanted.test(peer)
          && (best == null || ops(peer, situation, threads) > ops(best, situation, threads))) {
        best = peer;
      }
    }
    return best;
  }

  private List<Fork> of(Subject subject, Situation situation, int threads) {
    return forks.getOrDefault(new Cell(subject, situation, threads), List.of());
  }
}
