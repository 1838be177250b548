package io.asynctools.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Prints one situation: a row a subject, three figures a thread count; four of them fit 120. */
final class ContentionTable {
  private final ContentionFigures figures;
  private final Situation situation;
  private final List<Integer> threads;

  ContentionTable(ContentionFigures figures, Situation situation, List<Integer> threads) {
    this.figures = figures;
    this.situation = situation;
    this.threads = situation.threads(threads);
  }

  String render() {
    StringBuilder out = new StringBuilder();
    out.append(situation.title);
    out.append(": ops/us, then times the floor and times the best peer of the same run\n");
    out.append(String.format("%-25s", ""));
    for (int count : threads) {
      String head = count + (count == 1 ? " thread" : " threads");
      out.append(String.format("|%8s %5s %5s ", head, "floor", "peer"));
    }
    out.append("|  B/op\n");
    Subject.in(situation).forEach(subject -> row(out, subject));
    return out.toString();
  }

  private void row(StringBuilder out, Subject subject) {
    out.append(String.format("%-25s", subject.labelIn(situation)));
    for (int count : threads) {
      Subject peer = figures.bestPeer(p -> true, situation, count);
      out.append(
          String.format(
              Locale.ROOT,
              "|%8.1f %5.2f %5.2f ",
              figures.ops(subject, situation, count),
              figures.ratio(subject, Subject.floor(situation), situation, count),
              figures.ratio(subject, peer, situation, count)));
    }
    OptionalDouble bytes = figures.bytes(subject, situation);
    out.append(String.format(Locale.ROOT, "|%6.1f%n", bytes.orElse(Double.NaN)));
  }
}
