package io.asynctools.benchmarks;

import static io.asynctools.benchmarks.Situation.GRANTED;
import static io.asynctools.benchmarks.Situation.REFUSED;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What we promise about speed. Ratios within one run, since absolute figures drift. */
final class Targets {
  private final ContentionFigures figures;
  private final Map<WaitingSubject, WaiterFigures> waiters;
  private final List<Target> targets = new ArrayList<>();

  private Targets(ContentionFigures figures, Map<WaitingSubject, WaiterFigures> waiters) {
    this.figures = figures;
    this.waiters = waiters;
  }

  static List<Target> of(ContentionFigures figures, Map<WaitingSubject, WaiterFigures> waiters) {
    Targets all = new Targets(figures, waiters);
    all.granted();
    all.refused();
    all.allocation();
    all.waiting();
    return all.targets;
  }

  private void granted() {
    floor(0.85, Subject.OURS, "granted, 1 thread, times nanoTime + CAS");
    floor(0.85, Subject.PRIME_RATE, "granted at 999 999 937/s, 1 thread, times nanoTime + CAS");
    floor(4, Subject.COARSE, "granted on coarse time, 1 thread, times nanoTime + CAS");
    resilience4j(1.15, 1);
    resilience4j(1.15, 2);
    resilience4j(1, 8);
    otherPeers(1, 1);
    otherPeers(1.5, 2);
    otherPeers(1.5, 8);
  }

  private void floor(double bound, Subject subject, String text) {
    double measured = figures.ratio(subject, Subject.FLOOR, GRANTED, 1);
    targets.add(Target.atLeast(bound, text, measured));
  }

  private void resilience4j(double bound, int threads) {
    double measured = figures.ratio(Subject.OURS, Subject.RESILIENCE4J, GRANTED, threads);
    String text = "granted, " + threads + " thread(s), times resilience4j";
    targets.add(Target.atLeast(bound, text, measured));
  }

  private void otherPeers(double bound, int threads) {
    Subject peer = figures.bestPeer(p -> p != Subject.RESILIENCE4J, GRANTED, threads);
    double measured = figures.ratio(Subject.OURS, peer, GRANTED, threads);
    String text = "granted, " + threads + " thread(s), times the best other peer";
    targets.add(Target.atLeast(bound, named(text, peer, measured), measured));
  }

  private void refused() {
    for (int threads : new int[] {2, 8}) {
      Subject peer = figures.bestPeer(p -> true, REFUSED, threads);
      double measured = figures.ratio(Subject.OURS, peer, REFUSED, threads);
      String text = "refused, " + threads + " thread(s), times the best peer";
      targets.add(Target.atLeast(1.5, named(text, peer, measured), measured));
    }
  }

  private static String named(String text, Subject peer, double measured) {
    return Double.isNaN(measured) ? text : text + " (" + peer.label + ")";
  }

  /** Half a byte is the profiler's own noise; the smallest object has sixteen. */
  private void allocation() {
    allocation("tryAcquire granted, B/op", Subject.OURS, GRANTED);
    allocation("tryAcquire refused, B/op", Subject.OURS, REFUSED);
    allocation("acquire() granted at once, B/op", Subject.ACQUIRE, GRANTED);
  }

  private void allocation(String text, Subject subject, Situation situation) {
    double measured = figures.bytes(subject, situation).orElse(Double.NaN);
    targets.add(Target.atMost(0.5, text, measured));
  }

  private void waiting() {
    double none = Double.NaN;
    WaiterFigures ours =
        waiters.getOrDefault(WaitingSubject.OURS, new WaiterFigures(none, none, none, none));
    targets.add(Target.atMost(300, "enqueue, ns", ours.enqueueNanos()));
    targets.add(Target.atMost(96, "bytes a waiter", ours.bytes()));
    targets.add(Target.atMost(0.13, "100 000 waiters drained at 1 M/s, s", ours.drainSeconds()));
    targets.add(Target.atMost(0.12, "100 of 1 000 after 900 cancelled, s", ours.cancelSeconds()));
  }
}
