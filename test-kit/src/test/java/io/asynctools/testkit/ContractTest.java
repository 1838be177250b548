package io.asynctools.testkit;

import static java.util.regex.Pattern.DOTALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract is honest: a limiter that breaks a promise fails the tests of that promise. */
@Tag("unit")
class ContractTest {
  private static final Pattern ASSERTING =
      Pattern.compile("(Promises|Trial|Aside|Request|Depth|RefundSchedule)\\.java$");
  private static final Pattern ASSERTION = Pattern.compile("(?=\\bassertThat\\w*\\()");

  /** A promise with its number, then what was to be: a sentence in the brackets of AssertJ. */
  private static final Pattern MESSAGE =
      Pattern.compile(
          "(All \\d+(, All \\d+)*|API): [^\\n]+\\n\\s*\\[[^\\]]*\\bmust\\b[^\\]]*\\].*", DOTALL);

  private record Failing(Class<? extends WaitingLimiterContract> contract, Set<String> tests) {}

  private static Failing failing(
      Class<? extends WaitingLimiterContract> contract, String... tests) {
    return new Failing(contract, new TreeSet<>(Set.of(tests)));
  }

  /** Limiters that break one promise, and the tests that they fail: these and no others. */
  private static final List<Failing> EXACTLY =
      List.of(
          failing(BrokenGrants.HasANameOfItsOwn.class, "aLimiterHasTheNameItWasGiven"),
          failing(
              BrokenGrants.Overtakes.class,
              "aTryDoesNotOvertakeAWaiter",
              "aTryThatExplainsItselfDoesNotOvertakeAWaiter"),
          failing(
              BrokenGrants.FreesTwice.class,
              "aPermitEndsOnce",
              "aPermitForSeveralGivesThemAllBackOnce",
              "aPermitThatManyThreadsEndAtOnceEndsOnce"),
          failing(BrokenGrants.FreesTwiceInARace.class, "aPermitThatManyThreadsEndAtOnceEndsOnce"),
          failing(BrokenGrants.TakesAGrantBack.class, "endingAFutureAfterItsGrantDoesNothing"),
          failing(
              BrokenGrants.LetsDependentsReachBack.class, "endingADependentDoesNotGiveUpTheWait"),
          failing(
              BrokenGrants.SharesAFutureThatCanBeSpoilt.class,
              "aFutureGrantedAtOnceCannotBeSpoiltForOthers"),
          failing(BrokenGrants.CompletesUnderItsLock.class, "aCallbackRunsUnderNoLock"),
          failing(
              BrokenRefunds.SubtractsWhatCameBack.class,
              "aLateRefundGrantsNothingTwice",
              "refundsKeepEveryScheduleWithinTheLimit"),
          failing(
              BrokenRefunds.RefundsAboveTheLimit.class,
              "aLateRefundGrantsNothingTwice",
              "aRefundNeverExceedsTheLimit",
              "refundsKeepEveryScheduleWithinTheLimit"),
          failing(BrokenRefunds.RefundsOnlyTheLatest.class, "grantsAreRefundedInAnyOrder"),
          failing(
              BrokenRefunds.ForgetsEarlierRefunds.class, "refundsKeepEveryScheduleWithinTheLimit"),
          failing(BrokenRefunds.RefundsOneOfSeveral.class, "aRefundIsWorthWhatWasGranted"),
          failing(
              BrokenRefunds.RefundsTwice.class,
              "aRefundIsWorthWhatWasGranted",
              "refundsKeepEveryScheduleWithinTheLimit"),
          failing(
              BrokenRefunds.RefundsIntoTheNextWindow.class,
              "aLateRefundGrantsNothingTwice",
              "refundsKeepEveryScheduleWithinTheLimit"),
          failing(
              BrokenGrants.IgnoresTheExecutor.class,
              "aCallbackThatBlocksDelaysNobody",
              "aGrantEndedBeforeItsDeliveryGoesToTheNext",
              "aGrantEndedBeforeItsDeliveryIsGivenBack",
              "aRefundIsWorthWhatWasGranted",
              "aRefundNeverExceedsTheLimit",
              "grantsAreRefundedInAnyOrder",
              "waitersHearOfItOnTheExecutor"),
          failing(
              BrokenCalls.FreesWhatRunsOn.class,
              "aCallThatCannotBeCancelledHoldsItsPermitUntilItEnds",
              "aCallThatRunsOnAfterItsTimeOutHoldsItsPermitUntilItEnds"),
          failing(
              BrokenCalls.FreesWhatTimesOut.class,
              "aCallThatRunsOnAfterItsTimeOutHoldsItsPermitUntilItEnds"),
          failing(BrokenCalls.ChargesOneForAnyCall.class, "aCallTakesThePermitsItAsksFor"),
          failing(
              BrokenCalls.LeaksTheCallThatFails.class,
              "aStageThatFailsFailsTheFutureAndLeaksNothing",
              "aSupplierThatThrowsAnErrorFailsTheFutureAndLeaksNothing",
              "aSupplierThatThrowsFailsTheFutureAndLeaksNothing",
              "eachRunOfADecoratedFunctionTakesAPermit",
              "nullInPlaceOfAStageFailsTheFutureAndLeaksNothing",
              "theCauseOfAWrappedFailureComesOut"),
          failing(
              BrokenCalls.ThrowsWhatASupplierThrows.class,
              "aSupplierThatThrowsFailsTheFutureAndLeaksNothing",
              "eachRunOfADecoratedFunctionTakesAPermit"),
          failing(
              BrokenCalls.WrapsTheCause.class,
              "aClosedLimiterFailsWhoeverAsks",
              "aRefusedCallIsNotStarted",
              "aStageThatFailsFailsTheFutureAndLeaksNothing",
              "aSupplierThatThrowsAnErrorFailsTheFutureAndLeaksNothing",
              "aSupplierThatThrowsFailsTheFutureAndLeaksNothing",
              "eachRunOfADecoratedCallTakesAPermit",
              "eachRunOfADecoratedFunctionTakesAPermit",
              "maxWaitersBoundsTheQueue",
              "nullInPlaceOfAStageFailsTheFutureAndLeaksNothing",
              "theBuildersMaxWaitHoldsForCalls",
              "theCauseOfAWrappedFailureComesOut"),
          failing(BrokenCalls.LosesTheValue.class, "aCallsValueComesOut"),
          failing(BrokenCalls.EndsRunningCallsAtClose.class, "aRunningCallFinishesAfterClose"),
          failing(
              BrokenCalls.LeavesTheInterruptedInLine.class,
              "anInterruptEndsTheWaitAndBurnsNothing"),
          failing(BrokenCalls.AdmitsTheInterrupted.class, "anInterruptedThreadIsTurnedAwayAtEntry"),
          failing(
              BrokenCalls.BlocksForEver.class,
              "aBlockedThreadIsRefusedWhenItsTimeHasPassed",
              "aBlockingFormIsRefusedAtOnce"),
          failing(
              BrokenCalls.WrapsWhatACallThrows.class,
              "aBlockingCallsErrorComesOutUnwrapped",
              "aBlockingCallsOwnExceptionComesOutUnwrapped"),
          failing(BrokenCalls.RunsCallsElsewhere.class, "aBlockingCallRunsOnTheCallersThread"),
          failing(
              BrokenWaits.NeverRefusesOnMaxWait.class,
              "aHeadWhoseTimeHasPassedBurnsNothing",
              "aWaitIsRefusedWhenItsTimeHasPassed"),
          failing(
              BrokenWaits.WaitsInVain.class,
              "aWaitBehindOthersIsRefusedAtOnceIfTooLong",
              "aWaitKnownToBeTooLongIsRefusedAtOnce"),
          failing(BrokenWaits.IgnoresTheArgument.class, "theArgumentReplacesTheBuildersMaxWait"),
          failing(BrokenWaits.ForgetsRetryAfter.class, "aTryWithoutAWaitSaysWhenToComeBack"),
          failing(BrokenWaits.EstimatesTooMuch.class, "anEstimateIsALowerBound"),
          failing(
              BrokenWaits.ConvertsDurationsCarelessly.class,
              "aNegativeWaitIsRefusedAtTheCall",
              "theLongestWaitWaits"),
          failing(
              BrokenWaits.RefusesTheLongestWait.class,
              "aNegativeWaitIsRefusedAtTheCall",
              "theLongestWaitIsLegal",
              "theLongestWaitWaits"),
          failing(
              BrokenWaits.IgnoresMaxWaiters.class,
              "maxWaitersBoundsTheQueue",
              "whereNobodyMayWaitWhoDoesNotFitIsRefused"),
          failing(
              BrokenWaits.AnswersBadArgumentsWithAFuture.class,
              "morePermitsThanCanEverBeGrantedAreRefusedAtTheCall",
              "nullIsRefusedAtTheCall",
              "permitsBelowOneAreRefusedAtTheCall"),
          failing(
              BrokenWaits.IgnoresClose.class,
              "aBlockedThreadIsRefusedWhenTheLimiterCloses",
              "aClosedLimiterFailsWhoeverAsks",
              "aClosedLimiterGivesNothingToATry",
              "aClosedLimiterIsNotIdle",
              "aClosedLimiterRefusesBlockingCode",
              "aPermitThatEndsAfterCloseAdmitsNobody",
              "anExecutorThatRejectsLosesNothing",
              "closingFailsEveryWaiter",
              "manyFailuresDeepenNoStack",
              "nobodyIsForgottenByARacingClose",
              "waitersHearOfItOnTheExecutor"),
          failing(
              BrokenWaits.SaysIdleAlways.class,
              "aClosedLimiterIsNotIdle",
              "aLimiterIsIdleAgainWhenAllIsBack",
              "aLimiterThatAFreshOneWouldOutdoIsNotIdle"),
          failing(BrokenWaits.AllocatesOnRefusal.class, "aRefusedTryAllocatesNothing"),
          failing(
              BrokenWaits.KeepsATimer.class,
              "aLimiterIsIdleAgainWhenAllIsBack",
              "aWaitIsRefusedWhenItsTimeHasPassed",
              "anInterruptEndsTheWaitAndBurnsNothing",
              "closingAgainDoesNothing",
              "closingFailsEveryWaiter",
              "manyWhoLeaveLeaveNothingBehind",
              "noTimerRunsWhileNobodyWaits",
              "nobodyIsForgottenByARacingClose",
              "whenAllHaveLeftThePermitIsFree"));

  /** Limiters that break more, or lose races, and some of the tests that they fail. */
  private static final List<Failing> AT_LEAST =
      List.of(
          failing(
              BrokenGrants.AdmitsOneTooMany.class,
              "aBlockedThreadGetsThePermitWhenItComesBack",
              "aBlockedCallRunsWhenThePermitComesBack",
              "aBlockingAcquireGivesThePermitThatIsThere",
              "aLimiterAdmitsWhatItHasAndNoMore",
              "aTryWithoutAWaitIsGrantedOrSaysWhyNot",
              "endingADependentReachesNobody"),
          failing(
              BrokenGrants.Naive.class,
              "aCallbackRunsUnderNoLock",
              "aCallbackThatBlocksDelaysNobody",
              "aCancelReachesTheRunningCall",
              "aLargeRequestAtTheHeadIsNotStarved",
              "aPermitEndsOnce",
              "anInterruptEndsTheWaitAndBurnsNothing",
              "closingFailsEveryWaiter",
              "manyGrantsDeepenNoStack",
              "manyWhoLeaveLeaveNothingBehind",
              "oneWhoLeavesBurnsNothing",
              "theCauseOfAWrappedFailureComesOut",
              "waitersHearOfItOnTheExecutor"),
          failing(
              BrokenGrants.NaiveAndLastFirst.class,
              "aCallbackThatThrowsDelaysNobody",
              "callsStartInOrderOfArrival",
              "permitsThatComeBackTogetherAreAllGranted",
              "waitersAreGrantedInOrderOfArrival"),
          failing(
              BrokenGrants.LosesTheGrantOfOneWhoLeft.class,
              "aGrantEndedBeforeItsDeliveryGoesToTheNext",
              "aGrantEndedBeforeItsDeliveryIsGivenBack"),
          failing(
              BrokenGrants.KeepsWaitingForOneWhoLeft.class,
              "aGrantEndedBeforeItsDeliveryGoesToTheNext",
              "aGrantEndedBeforeItsDeliveryIsGivenBack",
              "aGrantThatRacesWithACancelIsNeitherLostNorDoubled",
              "manyWhoLeaveLeaveNothingBehind",
              "maxWaitersBoundsTheQueue",
              "oneWhoLeavesBurnsNothing",
              "theHeadsLeavingLetsInThoseWhoFit",
              "whenAllHaveLeftThePermitIsFree"),
          failing(
              BrokenCalls.DoesNotCancelInwards.class,
              "aCancelReachesACallThatIsJustStarting",
              "aCancelReachesTheRunningCall",
              "aGrantEndedBeforeItsDeliveryGoesToTheNext",
              "aGrantEndedBeforeItsDeliveryIsGivenBack",
              "aGrantThatRacesWithACancelIsNeitherLostNorDoubled",
              "aRunningCallCanBeCancelledAfterClose",
              "aValueFromOutsideCancelsTheRunningCall",
              "anExceptionFromOutsideReachesTheRunningCall",
              "eachRunOfADecoratedCallTakesAPermit",
              "oneWhoLeavesBurnsNothing",
              "theHeadsLeavingLetsInThoseWhoFit",
              "whenAllHaveLeftThePermitIsFree"));

  @Test
  void anHonestLimiterFailsNothing() {
    assertThat(failuresOf(BrokenGrants.Honest.class)).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> aLimiterThatBreaksOnePromiseFailsItsTestsAndNoOthers() {
    return EXACTLY.stream()
        .map(
            broken ->
                dynamicTest(
                    broken.contract.getSimpleName(),
                    () -> assertThat(failuresOf(broken.contract)).isEqualTo(broken.tests)));
  }

  @TestFactory
  Stream<DynamicTest> aLimiterThatBreaksManyFailsAmongOthers() {
    return AT_LEAST.stream()
        .map(
            broken ->
                dynamicTest(
                    broken.contract.getSimpleName(),
                    () -> assertThat(failuresOf(broken.contract)).containsAll(broken.tests)));
  }

  @Test
  void thereIsNoTestThatCannotFail() {
    Set<String> tests =
        Arrays.stream(WaitingLimiterContract.class.getMethods())
            .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
            .map(method -> method.getName())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> failing =
        Stream.concat(EXACTLY.stream(), AT_LEAST.stream())
            .flatMap(broken -> broken.tests.stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(tests).hasSizeGreaterThan(80).isEqualTo(failing);
  }

  /**
   * Each description in the sources is a sentence, so that one that no limiter here fails is too.
   */
  @Test
  void everyAssertionSaysWhatMustBe() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/asynctools/testkit"))) {
      sources = files.filter(file -> ASSERTING.matcher(file.toString()).find()).toList();
    }
    assertThat(sources).hasSizeGreaterThan(15);
    for (Path source : sources) {
      for (String statement : ASSERTION.split(Files.readString(source))) {
        if (statement.startsWith("assertThat")) {
          assertThat(statement.replaceFirst("(?s);.*", ""))
              .as("an assertion of %s", source.getFileName())
              .containsPattern("\\.as\\(\\s*\"[^\"]*\\bmust\\b");
        }
      }
    }
  }

  /** The number in a message is the one of the Javadoc, from which docs/promises.md is made. */
  @Test
  void everyTestIsNamedByItsPromise() throws IOException {
    Pattern javadoc =
        Pattern.compile("Promises:\\s+([^.]+)\\.[^/]*\\*/((?:(?!/\\*\\*).)*)", DOTALL);
    Pattern named =
        Pattern.compile("@DisplayName\\(\\s*\"([^\"]*): .*?default \\S+ (\\w+)\\(", DOTALL);
    int numbered = 0;
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/asynctools/testkit"))) {
      for (Path source : files.filter(file -> file.toString().endsWith("Promises.java")).toList()) {
        for (MatchResult test : javadoc.matcher(Files.readString(source)).results().toList()) {
          Matcher name = named.matcher(test.group(2));
          assertThat(name.find()).as("a display name for %s", test.group()).isTrue();
          assertThat(name.group(1))
              .as("the promise of %s", name.group(2))
              .isEqualTo(test.group(1).replaceAll("\\s*\\*?\\s+", " "));
          numbered++;
        }
      }
    }
    assertThat(numbered).isGreaterThan(70);
  }

  /** Which tests of a contract fail, by method. */
  private static Set<String> failuresOf(Class<? extends WaitingLimiterContract> contract) {
    Set<String> failed = new TreeSet<>();
    List<String> unclear = new ArrayList<>();
    AtomicInteger ran = new AtomicInteger();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build();
    LauncherConfig plain =
        LauncherConfig.builder()
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .build();
    TestExecutionListener listener =
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            ran.addAndGet(test.isTest() ? 1 : 0);
            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
              String name =
                  test.getSource()
                      .filter(MethodSource.class::isInstance)
                      .map(source -> ((MethodSource) source).getMethodName())
                      .orElse(test.getDisplayName());
              failed.add(name);
              String message = result.getThrowable().map(Throwable::getMessage).orElse("none");
              if (!MESSAGE.matcher(message).matches()) {
                unclear.add(name + ": " + message);
              }
            }
          }
        };
    LauncherFactory.create(plain).execute(request, listener);
    assertThat(ran.get()).as("tests that ran").isGreaterThan(100);
    assertThat(unclear).as("messages that do not say what was promised").isEmpty();
    return failed;
  }
}
