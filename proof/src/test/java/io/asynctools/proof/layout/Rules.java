package io.asynctools.proof.layout;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import io.asynctools.api.spi.UserCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What our documents say of main code, as far as it shows in the bytecode. Each rule names the
 * classes that may do otherwise; why, they say themselves.
 */
final class Rules {
  /** Methods that hold the thread until something happens elsewhere. */
  private static final Set<String> BLOCKING =
      Set.of(
          "java.util.concurrent.CompletableFuture.get",
          "java.util.concurrent.CompletableFuture.join",
          "java.util.concurrent.Future.get",
          "java.util.concurrent.CountDownLatch.await",
          "java.util.concurrent.CyclicBarrier.await",
          "java.util.concurrent.Phaser.arriveAndAwaitAdvance",
          "java.util.concurrent.Semaphore.acquire",
          "java.util.concurrent.BlockingQueue.take",
          "java.util.concurrent.BlockingQueue.put",
          "java.util.concurrent.LinkedBlockingQueue.take",
          "java.util.concurrent.ExecutorService.awaitTermination",
          "java.util.concurrent.ExecutorService.invokeAll",
          "java.util.concurrent.locks.Condition.await",
          "java.util.concurrent.locks.Condition.awaitNanos",
          "java.util.concurrent.locks.LockSupport.park",
          "java.util.concurrent.locks.LockSupport.parkNanos",
          "java.util.concurrent.locks.LockSupport.parkUntil",
          "java.lang.Object.wait",
          "java.lang.Thread.join",
          "java.lang.Thread.sleep",
          "java.util.concurrent.TimeUnit.sleep");

  private static final Set<String> WALL_CLOCKS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.time.Instant.now",
          "java.time.LocalDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.util.Date.<init>");

  private static final Set<String> MAKING_THREADS =
      Set.of(
          "java.lang.Thread.<init>",
          "java.lang.Thread.ofVirtual",
          "java.lang.Thread.ofPlatform",
          "java.lang.Thread.startVirtualThread",
          "java.util.Timer.<init>",
          "java.util.concurrent.ThreadPoolExecutor.<init>",
          "java.util.concurrent.ScheduledThreadPoolExecutor.<init>",
          "java.util.concurrent.ForkJoinPool.<init>");

  private Rules() {}

  /** A package, with those below it, depends on itself and these, as {@code java..}. */
  static ArchRule dependsOnlyOn(String own, String... others) {
    String[] allowed = Stream.concat(Stream.of(own), Arrays.stream(others)).toArray(String[]::new);
    return classes()
        .that(resideInAnyPackage(own))
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed));
  }

  /** What callers hold does not make them learn what authors extend. */
  static ArchRule keepsOutOfItsSignatures(String own, String foreign, Set<String> allowed) {
    return classes()
        .that(resideInAnyPackage(own).and(visible(JavaClass::getModifiers)))
        .should(
            condition(
                "name nothing of " + foreign + " in their public signatures",
                (type, found) ->
                    type.getMembers().stream()
                        .filter(member -> isVisible(member.getModifiers()))
                        .filter(member -> !allowed.contains(name(member)))
                        .filter(member -> !member.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .filter(
                            member ->
                                inSignature(member)
                                    .anyMatch(each -> each.getPackageName().startsWith(foreign)))
                        .forEach(member -> found.add(member.getFullName()))));
  }

  /** All 1. */
  static ArchRule blocksNoThread(Set<String> allowed) {
    return callsNone("block", access -> BLOCKING.contains(nameOf(access)), allowed);
  }

  static ArchRule makesNoThread(Set<String> allowed) {
    return callsNone(
        "make threads",
        access ->
            MAKING_THREADS.contains(nameOf(access))
                || owner(access).equals("java.util.concurrent.Executors"),
        allowed);
  }

  /** Nor the JDK's timer thread, on which {@code orTimeout} completes futures. */
  static ArchRule usesNoCommonPool() {
    return callsNone(
        "use the common pool",
        access ->
            nameOf(access).equals("java.util.concurrent.ForkJoinPool.commonPool")
                || access.getTarget().getName().matches("parallel|parallelStream")
                || isOfAFuture(access)
                    && (access.getTarget().getName().endsWith("Async") && !takesExecutor(access)
                        || access
                            .getTarget()
                            .getName()
                            .matches("orTimeout|completeOnTimeout|delayedExecutor")),
        Set.of());
  }

  /** Monitors, of which the bytecode shows too little here, are none anywhere. */
  static ArchRule hasNoLock(String own) {
    return noClasses()
        .that(resideInAnyPackage(own))
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.util.concurrent.locks"));
  }

  static ArchRule asksNoWallClock() {
    return callsNone("ask a wall clock", access -> WALL_CLOCKS.contains(nameOf(access)), Set.of());
  }

  /** The time comes from the time source, which a test can replace. */
  static ArchRule asksTheTimeSource(Set<String> allowed) {
    return callsNone(
        "ask the system's clock",
        access -> nameOf(access).equals("java.lang.System.nanoTime"),
        allowed);
  }

  static ArchRule keepsNothingInThreads(Set<String> allowed) {
    return callsNone(
        "keep something in a thread",
        access -> owner(access).equals("java.lang.ThreadLocal"),
        allowed);
  }

  static ArchRule logsThroughTheSystemsLogger() {
    return callsNone(
        "print, or log past System.Logger",
        access ->
            nameOf(access).matches("java\\.lang\\.System\\.(out|err)")
                || access.getTarget().getName().equals("printStackTrace")
                || owner(access).startsWith("java.util.logging.")
                || owner(access).startsWith("org.slf4j."),
        Set.of());
  }

  /** All 14: what a user's code throws is logged and changes nothing. */
  static ArchRule callsUserCodeWithCare(Set<String> callbacks) {
    return classes()
        .should(
            condition(
                "call user code through UserCode",
                (type, found) ->
                    type.getCodeUnits().stream()
                        .filter(unit -> !isGuarded(unit))
                        .flatMap(unit -> unit.getMethodCallsFromSelf().stream())
                        .filter(call -> callbacks.contains(nameOf(call)))
                        .forEach(call -> found.add(call.getDescription()))));
  }

  // ---- how they are made

  private static ArchRule callsNone(
      String what, Predicate<JavaAccess<?>> which, Set<String> allowed) {
    return classes()
        .that(
            describe("are not " + allowed, (JavaClass type) -> !allowed.contains(outermost(type))))
        .should(
            condition(
                "not " + what,
                (type, found) ->
                    type.getAccessesFromSelf().stream()
                        .filter(which)
                        .forEach(access -> found.add(access.getDescription()))));
  }

  private static ArchCondition<JavaClass> condition(String text, Finder finder) {
    return new ArchCondition<>(text) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        List<String> found = new ArrayList<>();
        finder.find(type, found);
        found.forEach(each -> events.add(violated(type, each)));
      }
    };
  }

  private interface Finder {
    void find(JavaClass type, List<String> found);
  }

  private static DescribedPredicate<JavaClass> visible(
      Function<JavaClass, Set<JavaModifier>> modifiers) {
    return describe("others see", type -> isVisible(modifiers.apply(type)));
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static Stream<JavaClass> inSignature(JavaMember member) {
    return member instanceof JavaCodeUnit unit
        ? Stream.of(
                unit.getReturnType().getAllInvolvedRawTypes().stream(),
                unit.getParameterTypes().stream()
                    .flatMap(type -> type.getAllInvolvedRawTypes().stream()),
                unit.getExceptionTypes().stream())
            .flatMap(each -> each)
        : ((JavaField) member).getType().getAllInvolvedRawTypes().stream();
  }

  private static String name(JavaMember member) {
    return member.getOwner().getSimpleName() + "." + member.getName();
  }

  /** A lambda's calls are its method's, for ArchUnit. */
  private static boolean isGuarded(JavaCodeUnit unit) {
    return unit.getMethodCallsFromSelf().stream()
        .anyMatch(call -> owner(call).equals(UserCode.class.getName()));
  }

  private static boolean isOfAFuture(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    return owner.isAssignableTo("java.util.concurrent.CompletableFuture")
        || owner.isAssignableTo("java.util.concurrent.CompletionStage");
  }

  private static boolean takesExecutor(JavaAccess<?> access) {
    return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
        && target.getRawParameterTypes().stream()
            .anyMatch(type -> type.getName().equals("java.util.concurrent.Executor"));
  }

  /** Calls of our own futures' {@code get} are calls of {@code CompletableFuture.get}. */
  private static String nameOf(JavaAccess<?> access) {
    String owner = isOfAFuture(access) ? "java.util.concurrent.CompletableFuture" : owner(access);
    return owner + "." + access.getTarget().getName();
  }

  private static String owner(JavaAccess<?> access) {
    return access.getTargetOwner().getName();
  }

  /** The simple name of the class in whose file it stands. */
  private static String outermost(JavaClass type) {
    JavaClass outer = type;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer.getSimpleName();
  }
}
