package io.asynctools.benchmarks;

import static io.asynctools.benchmarks.Situation.AT_ONCE;
import static io.asynctools.benchmarks.Situation.CLOSED;
import static io.asynctools.benchmarks.Situation.GIVEN_BACK;
import static io.asynctools.benchmarks.Situation.GRANTED;
import static io.asynctools.benchmarks.Situation.OPEN;
import static io.asynctools.benchmarks.Situation.RANDOM_KEY;
import static io.asynctools.benchmarks.Situation.REFUSED;

import io.asynctools.benchmarks.BenchOptions.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What we promise about speed. Ratios within one run, since absolute figures drift. */
final class Targets {
  private final ContentionFigures figures;
  private final Map<WaitingSubject, WaiterFigures> waiters;
  private final KeyFigures keys;
  private final RedisFigures redis;
  private final List<Target> targets = new ArrayList<>();

  private Targets(
      ContentionFigures figures,
      Map<WaitingSubject, WaiterFigures> waiters,
      KeyFigures keys,
      RedisFigures redis) {
    this.figures = figures;
    this.waiters = waiters;
    this.keys = keys;
    this.redis = redis;
  }

  /** Those of the parts that were run. */
  static List<Target> of(
      Set<Part> parts,
      ContentionFigures figures,
      Map<WaitingSubject, WaiterFigures> waiters,
      KeyFigures keys,
      RedisFigures redis) {
    Targets all = new Targets(figures, waiters, keys, redis);
    parts.forEach(all::of);
    return all.targets;
  }

  private void of(Part part) {
    switch (part) {
      case GRANTED -> granted();
      case REFUSED -> refused();
      case WAITERS -> waiting();
      case SEMAPHORE -> semaphore();
      case PER_KEY -> perKey();
      case BREAKER -> breaker();
      case RETRY -> retry();
      case REDIS -> redis();
    }
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
    allocation("tryAcquire granted, B/op", Subject.OURS, GRANTED);
    allocation("acquire() granted at once, B/op", Subject.ACQUIRE, GRANTED);
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
      bestPeer(1.5, Subject.OURS, REFUSED, threads, "refused");
    }
    allocation("tryAcquire refused, B/op", Subject.OURS, REFUSED);
  }

  private void semaphore() {
    jdkSemaphore(0.5, 1);
    jdkSemaphore(1, 2);
    jdkSemaphore(1, 8);
  }

  private void jdkSemaphore(double bound, int threads) {
    double measured = figures.ratio(Subject.SEMAPHORE, Subject.JDK_SEMAPHORE, GIVEN_BACK, threads);
    String text = "semaphore, " + threads + " thread(s), times java.util.concurrent's";
    targets.add(Target.atLeast(bound, text, measured));
  }

  private void perKey() {
    perKey(Subject.PER_KEY, "per key");
    perKey(Subject.PER_KEY_MAX_IDLE, "per key, maxIdle");
    double max = keys.housekeeping().during().max();
    targets.add(
        Target.atMost(1, "longest tryAcquire while a million keys are forgotten, ms", max / 1e3));
  }

  private void perKey(Subject subject, String what) {
    KeyMemory.Figures none = KeyMemory.Figures.NONE;
    bestPeer(1.5, subject, RANDOM_KEY, 1, what);
    bestPeer(1.5, subject, RANDOM_KEY, 2, what);
    double bytes = keys.memory().getOrDefault(subject, none).bytesPerKey();
    targets.add(Target.atMost(140, what + ", bytes a key", bytes));
    double heap = keys.hugeMemory().getOrDefault(subject, none).heapBytes();
    targets.add(Target.atMost(4, what + ", 10 000 000 keys, heap in GiB", heap / (1L << 30)));
  }

  private void breaker() {
    bestPeer(2, Subject.CONSECUTIVE, CLOSED, 1, "closed, in a row");
    bestPeer(6, Subject.CONSECUTIVE, CLOSED, 2, "closed, in a row");
    bestPeer(1, Subject.COUNT_WINDOW, CLOSED, 1, "closed, last 100");
    bestPeer(2, Subject.COUNT_WINDOW, CLOSED, 2, "closed, last 100");
    double open = figures.ratio(Subject.OPEN_BREAKER, Subject.OPEN_FLOOR, OPEN, 1);
    targets.add(Target.atLeast(0.9, "open, 1 thread, times nanoTime and a comparison", open));
    allocation("open, refused, B/op", Subject.OPEN_BREAKER, OPEN);
  }

  private void retry() {
    double speed = figures.ratio(Subject.RETRY, Subject.RESILIENCE4J_RETRY, AT_ONCE, 1);
    targets.add(Target.atLeast(1, "retry, success at once, times resilience4j", speed));
    double bytes = bytes(Subject.RETRY, AT_ONCE) / bytes(Subject.RESILIENCE4J_RETRY, AT_ONCE);
    targets.add(Target.atMost(1, "retry, success at once, B/op, times resilience4j's", bytes));
  }

  private void redis() {
    redis(0.8, RedisSubject.BARE, false);
    redis(1, RedisSubject.BARE, true);
    redis(2, RedisSubject.REDISSON, false);
    redis(2, RedisSubject.REDISSON, true);
    redis(2, RedisSubject.BUCKET4J, false);
    redis(50, RedisSubject.BUCKET4J, true);
    RedisMemory.Many none = RedisMemory.Many.NONE;
    double stay = redis.huge().getOrDefault(RedisSubject.OURS, none).secondsToLeave();
    double refill = RedisLimit.LASTING.refill().toSeconds();
    targets.add(
        Target.atMost(1.1, "Redis, 1 000 000 keys gone, times their refill", stay / refill));
  }

  private void redis(double bound, RedisSubject other, boolean hot) {
    double measured =
        hot ? redis.hotRatio(RedisSubject.OURS, other) : redis.manyRatio(RedisSubject.OURS, other);
    String keys = hot ? "1 hot key" : "10 000 keys";
    targets.add(Target.atLeast(bound, "Redis, " + keys + ", times " + other.label, measured));
  }

  private void bestPeer(
      double bound, Subject subject, Situation situation, int threads, String what) {
    Subject peer = figures.bestPeer(p -> true, situation, threads);
    double measured = figures.ratio(subject, peer, situation, threads);
    String text = what + ", " + threads + " thread(s), times the best peer";
    targets.add(Target.atLeast(bound, named(text, peer, measured), measured));
  }

  private static String named(String text, Subject peer, double measured) {
    return Double.isNaN(measured) ? text : text + " (" + peer.label + ")";
  }

  /** Half a byte is the profiler's own noise; the smallest object has sixteen. */
  private void allocation(String text, Subject subject, Situation situation) {
    targets.add(Target.atMost(0.5, text, bytes(subject, situation)));
  }

  private double bytes(Subject subject, Situation situation) {
    return figures.bytes(subject, situation).orElse(Double.NaN);
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
