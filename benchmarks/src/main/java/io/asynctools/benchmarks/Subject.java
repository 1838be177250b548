package io.asynctools.benchmarks;

/**
 * The rows of the table, in the order in which one round measures them: what is compared with each
 * other stands side by side, so that a drift of the machine hits both.
 */
enum Subject {
  NANO_TIME("System.nanoTime() alone", "nanoTime", Kind.FLOOR),
  CAS("CAS on one AtomicLong", "cas", Kind.FLOOR),
  COARSE("ours, coarse time (1 ms)", "oursCoarse", Kind.OURS),
  FLOOR("floor: nanoTime + CAS", "floor", Kind.FLOOR),
  OURS("ours, 10^9/s", "ours", Kind.OURS),
  RESILIENCE4J("resilience4j", "resilience4j", Kind.PEER),
  PRIME_RATE("ours, 999 999 937/s", "oursPrimeRate", Kind.OURS),
  ACQUIRE("ours, acquire() at once", "oursAcquire", Kind.OURS),
  BUCKET4J("Bucket4j", "bucket4j", Kind.PEER),
  FAILSAFE_BURSTY("Failsafe bursty", "failsafeBursty", Kind.PEER),
  FAILSAFE_SMOOTH("Failsafe smooth", "failsafeSmooth", Kind.PEER),
  GUAVA("Guava", "guava", Kind.PEER);

  /** What a row is there for. */
  enum Kind {
    FLOOR,
    OURS,
    PEER
  }

  final String label;
  final String method;
  final Kind kind;

  Subject(String label, String method, Kind kind) {
    this.label = label;
    this.method = method;
    this.kind = kind;
  }

  boolean isPeer() {
    return kind == Kind.PEER;
  }

  /** Whether the benchmark has a limiter in a {@link Situation} behind it. */
  boolean hasSituation() {
    return this != NANO_TIME && this != CAS && this != ACQUIRE;
  }

  boolean measuredIn(Situation situation) {
    return situation == Situation.GRANTED || (hasSituation() && this != PRIME_RATE);
  }

  String labelIn(Situation situation) {
    if (situation == Situation.GRANTED) {
      return label;
    }
    return switch (this) {
      case FLOOR -> "floor: nanoTime, no CAS";
      case OURS -> "ours, 1/day";
      default -> label;
    };
  }
}
