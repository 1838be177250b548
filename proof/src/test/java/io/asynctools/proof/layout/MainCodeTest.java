package io.asynctools.proof.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import io.asynctools.proof.Modules;
import io.asynctools.proof.layout.broken.Broken;
import io.asynctools.proof.layout.broken.strategy.LeansOnAnotherStrategy;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules that our documents state for main code, but for the test-kit's; and that each rule sees
 * what breaks it.
 */
@Tag("unit")
class MainCodeTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .importLocations(
              Modules.all().stream()
                  .filter(module -> !module.descriptor().name().endsWith(".testkit"))
                  .map(MainCodeTest::location)
                  .toList());

  private static Location location(ModuleReference module) {
    URI place = module.location().orElseThrow();
    return Location.of(
        place.getPath().endsWith(".jar") ? URI.create("jar:" + place + "!/") : place);
  }

  static List<String> strategies() {
    return Modules.all().stream()
        .map(module -> module.descriptor().name())
        .filter(name -> !name.matches("io\\.asynctools\\.(api|testkit|redis)"))
        .toList();
  }

  // ---- who may know whom

  @ParameterizedTest
  @MethodSource("strategies")
  void aStrategyDependsOnTheApiAlone(String strategy) {
    strategyRule(strategy).check(OURS);
  }

  /** It is made of two others, and of Lettuce. */
  @Test
  void redisDependsOnWhatItIsMadeOf() {
    Rules.dependsOnlyOn(
            "io.asynctools.redis..",
            "io.asynctools.api..",
            "io.asynctools.perkey..",
            "io.asynctools.circuitbreaker..",
            "io.lettuce..",
            "io.netty.buffer..",
            "java..",
            "javax.net.ssl..",
            "org.jspecify..",
            "com.google.auto.service..")
        .check(OURS);
  }

  private static ArchRule strategyRule(String strategy) {
    return Rules.dependsOnlyOn(
        strategy + "..",
        "io.asynctools.api..",
        "java..",
        "org.jspecify..",
        "com.google.auto.service..");
  }

  @Test
  void aStrategyThatLeansOnAnotherIsSeen() {
    breaks(
        strategyRule("io.asynctools.proof.layout.broken.strategy"),
        LeansOnAnotherStrategy.class,
        "SemaphoreRateLimiter");
  }

  @Test
  void theApiDependsOnNothing() {
    Rules.dependsOnlyOn("io.asynctools.api..", "java..", "org.jspecify..").check(OURS);
  }

  @Test
  void anApiThatLeansOnAStrategyIsSeen() {
    breaks(
        Rules.dependsOnlyOn("io.asynctools.proof.layout.broken.strategy..", "java.."),
        LeansOnAnotherStrategy.class,
        "SemaphoreRateLimiter");
  }

  /** Authors alone call {@code nested}. */
  @Test
  void theSpiIsNotInTheSignaturesForCallers() {
    Rules.keepsOutOfItsSignatures(
            "io.asynctools.api", "io.asynctools.api.spi", Set.of("Limiters.nested"))
        .check(OURS);
  }

  @Test
  void theSpiInASignatureIsSeen() {
    breaks(
        Rules.keepsOutOfItsSignatures(
            "io.asynctools.proof.layout.broken",
            "io.asynctools.api.spi",
            Set.of("ShowsTheSpi.allowed")),
        Broken.ShowsTheSpi.class,
        "shown()",
        "takes(");
  }

  // ---- what code does

  /**
   * But the blocking forms, on the caller's own thread; one who waits for another to make the
   * limiter of a key; and the thread of the coarse clock, which ticks.
   *
   * <p>Promises: All 1.
   */
  @Test
  void nothingBlocksAThread() {
    blocksNoThread().check(OURS);
  }

  private static ArchRule blocksNoThread() {
    return Rules.blocksNoThread(
        // The last two join futures that are done.
        Set.of(
            "BlockingWait",
            "RetryCall",
            "Creation",
            "CoarseTime",
            "Retry",
            "KeyView",
            "ClusterLink"));
  }

  @Test
  void whatBlocksIsSeen() {
    breaks(blocksNoThread(), Broken.Blocks.class, "join", "get", "sleep", "await");
  }

  /**
   * The timer's is one of them.
   *
   * <p>Promises: All 7.
   */
  @Test
  void allThreadsAreTheLibrarys() {
    Rules.makesNoThread(Set.of("LibraryThreads", "SystemTime", "GrowingPool")).check(OURS);
  }

  @Test
  void otherThreadsAreSeen() {
    breaks(Rules.makesNoThread(Set.of()), Broken.MakesThreads.class, "Thread.<init>", "Executors");
  }

  /** Promises: All 7. */
  @Test
  void nothingRunsInTheCommonPool() {
    Rules.usesNoCommonPool().check(OURS);
  }

  @Test
  void whatRunsInTheCommonPoolIsSeen() {
    breaks(
        Rules.usesNoCommonPool(),
        Broken.UsesTheCommonPool.class,
        "runAsync(java.lang.Runnable)",
        "thenApplyAsync",
        "orTimeout",
        "parallelStream");
  }

  /** Promises: Circuit breaker 5. */
  @Test
  void aBreakerHasNoLock() {
    Rules.hasNoLock("io.asynctools.circuitbreaker..").check(OURS);
  }

  @Test
  void aLockIsSeen() {
    breaks(Rules.hasNoLock("io.asynctools.proof.layout.broken"), Broken.Locks.class, "lock()");
  }

  @Test
  void aWallClockIsNoClock() {
    Rules.asksNoWallClock().check(OURS);
  }

  @Test
  void aWallClockIsSeen() {
    breaks(
        Rules.asksNoWallClock(), Broken.AsksAWallClock.class, "currentTimeMillis", "Instant.now");
  }

  /** Where the time source is the system's, two classes ask the system without going round. */
  @Test
  void theTimeComesFromTheTimeSource() {
    Rules.asksTheTimeSource(Set.of("SystemTime", "CoarseTime", "RateLimiterBase", "CircuitBreaker"))
        .check(OURS);
  }

  @Test
  void theSystemsClockIsSeen() {
    breaks(Rules.asksTheTimeSource(Set.of()), Broken.AsksTheSystemsClock.class, "nanoTime");
  }

  /** But what a thread is doing just now, while it does it. */
  @Test
  void nothingIsKeptInThreads() {
    Rules.keepsNothingInThreads(Set.of("TimedCall", "Trampoline", "ScriptCall")).check(OURS);
  }

  @Test
  void whatIsKeptInThreadsIsSeen() {
    breaks(
        Rules.keepsNothingInThreads(Set.of()), Broken.KeepsSomethingInThreads.class, "withInitial");
  }

  /** Promises: All 14. */
  @Test
  void whatIsLoggedGoesToTheSystemsLogger() {
    Rules.logsThroughTheSystemsLogger().check(OURS);
  }

  @Test
  void otherLoggingIsSeen() {
    breaks(
        Rules.logsThroughTheSystemsLogger(),
        Broken.Prints.class,
        "System.err",
        "printStackTrace",
        "java.util.logging.Logger");
  }

  /** Promises: All 14. */
  @Test
  void predicatesAndListenersAreCalledWithCare() {
    callsUserCodeWithCare().check(OURS);
  }

  private static ArchRule callsUserCodeWithCare() {
    return Rules.callsUserCodeWithCare(
        Set.of(
            "java.util.function.Predicate.test",
            "io.asynctools.circuitbreaker.StateListener.onStateChange",
            "io.asynctools.retry.RetryListener.onRetry",
            "io.asynctools.retry.DelayFunction.delay"));
  }

  /** And what is called with care is not. */
  @Test
  void userCodeThatIsCalledAsItIsIsSeen() {
    breaks(callsUserCodeWithCare(), Broken.CallsUserCodeAsItIs.class, "unguarded");
    assertThat(failures(callsUserCodeWithCare(), Broken.CallsUserCodeAsItIs.class)).hasSize(1);
  }

  // ----

  /** The rule fails on the class, for each of these reasons. */
  private static void breaks(ArchRule rule, Class<?> broken, String... reasons) {
    List<String> failures = failures(rule, broken);
    for (String reason : reasons) {
      assertThat(failures).as("what breaks: %s", rule).anyMatch(each -> each.contains(reason));
    }
    assertThat(failures).noneMatch(each -> each.contains("allowed"));
  }

  private static List<String> failures(ArchRule rule, Class<?> broken) {
    return rule.evaluate(new ClassFileImporter().importClasses(broken))
        .getFailureReport()
        .getDetails();
  }
}
