package io.asynctools.benchmarks;

import static io.asynctools.benchmarks.Situation.AT_ONCE;
import static io.asynctools.benchmarks.Situation.CLOSED;
import static io.asynctools.benchmarks.Situation.FAILING;
import static io.asynctools.benchmarks.Situation.GIVEN_BACK;
import static io.asynctools.benchmarks.Situation.GRANTED;
import static io.asynctools.benchmarks.Situation.OPEN;
import static io.asynctools.benchmarks.Situation.RANDOM_KEY;
import static io.asynctools.benchmarks.Situation.REFUSED;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The rows of the tables, in the order in which one round measures them: what is compared with each
 * other stands side by side, so that a drift of the machine hits both.
 */
enum Subject {
  // What a table's floor is made of, or another view of it.
  NANO_TIME("System.nanoTime() alone", Kind.PART, "nanoTime", GRANTED, CLOSED),
  CAS("CAS on one AtomicLong", Kind.PART, "cas", GRANTED),

  // Token bucket
  COARSE("ours, coarse time (1 ms)", Kind.OURS, "oursCoarse", GRANTED, REFUSED),
  FLOOR("floor: nanoTime + CAS", Kind.FLOOR, "floor", GRANTED, REFUSED),
  OURS("ours, 10^9/s", Kind.OURS, "ours", GRANTED, REFUSED),
  RESILIENCE4J("resilience4j", Kind.PEER, "resilience4j", GRANTED, REFUSED),
  PRIME_RATE("ours, 999 999 937/s", Kind.OURS, "oursPrimeRate", GRANTED),
  ACQUIRE("ours, acquire() at once", Kind.OURS, "oursAcquire", GRANTED),
  BUCKET4J("Bucket4j", Kind.PEER, "bucket4j", GRANTED, REFUSED),
  FAILSAFE_BURSTY("Failsafe bursty", Kind.PEER, "failsafeBursty", GRANTED, REFUSED),
  FAILSAFE_SMOOTH("Failsafe smooth", Kind.PEER, "failsafeSmooth", GRANTED, REFUSED),
  GUAVA("Guava", Kind.PEER, "guava", GRANTED, REFUSED),

  // Semaphore
  SEMAPHORE_FLOOR("floor: CAS, then add", Kind.FLOOR, "floor", GIVEN_BACK),
  SEMAPHORE("ours", Kind.OURS, "ours", GIVEN_BACK),
  JDK_SEMAPHORE("java.util.concurrent", Kind.PEER, "javaUtilConcurrent", GIVEN_BACK),
  RESILIENCE4J_BULKHEAD("resilience4j", Kind.PEER, "resilience4j", GIVEN_BACK),
  FAILSAFE_BULKHEAD("Failsafe", Kind.PEER, "failsafe", GIVEN_BACK),
  CONCURRENCY_LIMITS("concurrency-limits", Kind.PEER, "concurrencyLimits", GIVEN_BACK),

  // Per key
  KEYED_FLOOR("floor: map of longs", Kind.FLOOR, "floor", RANDOM_KEY),
  PER_KEY("ours", Kind.OURS, "ours", RANDOM_KEY),
  PER_KEY_MAX_IDLE("ours, with maxIdle", Kind.OURS, "oursForgotten", RANDOM_KEY),
  MAP_AS_USUAL("map of Bucket4j, as usual", Kind.PEER, "mapOfBucket4jAsUsual", RANDOM_KEY),
  MAP_OF_BUCKET4J("map of Bucket4j", Kind.PEER, "mapOfBucket4j", RANDOM_KEY),
  CAFFEINE_OF_BUCKET4J("Caffeine of Bucket4j", Kind.PEER, "caffeineOfBucket4j", RANDOM_KEY),

  // Circuit breaker that lets calls through
  RECORDING_FLOOR("floor: CAS on one long", Kind.FLOOR, "cas", CLOSED, FAILING),
  CONSECUTIVE("ours, failures in a row", Kind.OURS, "oursConsecutive", CLOSED, FAILING),
  COUNT_WINDOW("ours, last 100", Kind.OURS, "oursCount", CLOSED, FAILING),
  TIME_WINDOW("ours, last 10 s", Kind.OURS, "oursTime", CLOSED, FAILING),
  RESILIENCE4J_COUNT("resilience4j, last 100", Kind.PEER, "resilience4jCount", CLOSED, FAILING),
  RESILIENCE4J_UNTIMED("resilience4j, untimed", Kind.PEER, "resilience4jUntimed", CLOSED, FAILING),
  RESILIENCE4J_TIME("resilience4j, last 10 s", Kind.PEER, "resilience4jTime", CLOSED, FAILING),
  FAILSAFE_DEFAULT("Failsafe, one failure", Kind.PEER, "failsafeDefault", CLOSED),
  FAILSAFE_COUNT("Failsafe, last 100", Kind.PEER, "failsafeCount", CLOSED, FAILING),
  FAILSAFE_TIME("Failsafe, last 10 s", Kind.PEER, "failsafeTime", CLOSED, FAILING),

  // Circuit breaker that refuses
  OPEN_FLOOR("floor: nanoTime, compare", Kind.FLOOR, "floor", OPEN),
  OPEN_BREAKER("ours", Kind.OURS, "ours", OPEN),
  RESILIENCE4J_OPEN("resilience4j", Kind.PEER, "resilience4j", OPEN),
  FAILSAFE_OPEN("Failsafe", Kind.PEER, "failsafe", OPEN),

  // Retry
  RETRY_FLOOR("floor: call, new future", Kind.FLOOR, "floor", AT_ONCE),
  RETRY("ours", Kind.OURS, "ours", AT_ONCE),
  RESILIENCE4J_RETRY("resilience4j", Kind.PEER, "resilience4j", AT_ONCE),
  FAILSAFE_RETRY("Failsafe", Kind.PEER, "failsafe", AT_ONCE);

  /** What a row is there for. */
  enum Kind {
    /** Less than a floor, for comparison. */
    PART,
    /** The least that anything exact must do; one in each table. */
    FLOOR,
    OURS,
    PEER
  }

  final String label;
  final Kind kind;
  final String method;
  private final Set<Situation> situations;

  Subject(String label, Kind kind, String method, Situation... situations) {
    this.label = label;
    this.kind = kind;
    this.method = method;
    this.situations = Set.of(situations);
  }

  /** The rows of a table. */
  static List<Subject> in(Situation situation) {
    return Arrays.stream(values()).filter(s -> s.situations.contains(situation)).toList();
  }

  /** What the rows of a table are measured against. */
  static Subject floor(Situation situation) {
    return in(situation).stream().filter(s -> s.kind == Kind.FLOOR).findFirst().orElseThrow();
  }

  boolean isPeer() {
    return kind == Kind.PEER;
  }

  String labelIn(Situation situation) {
    if (situation != REFUSED) {
      return label;
    }
    return switch (this) {
      case FLOOR -> "floor: nanoTime, no CAS";
      case OURS -> "ours, 1/day";
      default -> label;
    };
  }
}
