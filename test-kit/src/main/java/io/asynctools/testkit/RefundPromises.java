package io.asynctools.testkit;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.Permit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Refunds a grant that its waiter did not live to see: all of it, once, and never too late. */
interface RefundPromises extends WaiterHooks {

  /**
   * A refund returns as many permits as were granted, no more and no fewer.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: a refund returns as many permits as were granted, once")
  default Stream<DynamicTest> aRefundIsWorthWhatWasGranted() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    return Request.inEveryWay(
        (form, ending) -> {
          Trial it = Trial.withSlowDelivery(this, 3);
          List<Permit> held = List.of(it.take(1), it.take(1), it.take(1));
          it.holdBack();
          Request leaver = Request.of(it, form, 2);
          it.settle();
          it.free(held.get(0), 1);
          it.free(held.get(1), 1);
          leaver.end(ending, patience());
          leaver.future().cancel(true); // a second end refunds nothing more
          it.deliver();
          it.admitsExactly(it.back(2));
        });
  }

  /**
   * Grants are refunded in any order, the older ones too.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: grants are refunded in any order of leaving")
  default Stream<DynamicTest> grantsAreRefundedInAnyOrder() {
    return Request.inEveryWay(
        (form, ending) -> {
          for (int first = 0; first < 2; first++) {
            Trial it = Trial.withSlowDelivery(this, 2);
            List<Permit> held = List.of(it.take(1), it.take(1));
            it.holdBack();
            List<Request> leavers = List.of(Request.of(it, form, 1), Request.of(it, form, 1));
            it.settle();
            held.subList(0, permitsComeBackTogether() ? 1 : 2).forEach(each -> it.free(each, 1));
            leavers.get(first).end(ending, patience());
            leavers.get(1 - first).end(ending, patience());
            it.deliver();
            it.admitsExactly(2);
          }
        });
  }

  /**
   * A permit that has come back by time is not refunded as well, or two requests are granted in
   * place of one.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: a permit that has come back by time is not refunded as well")
  default Stream<DynamicTest> aLateRefundGrantsNothingTwice() {
    assumeTrue(permitEvery() != null, "a limiter whose permits come back by time");
    return Request.inEveryWay(
        (form, ending) -> {
          Trial it = Trial.withSlowDelivery(this, 1);
          Permit held = it.take(1);
          it.holdBack();
          Request leaver = Request.of(it, form, 1);
          it.settle();
          it.free(held, 1); // the grant is decided,
          it.comeBack(1); // and its permit is back by time, before its waiter
          CompletableFuture<Permit> next = it.limiter.acquire(1);
          it.settle();
          leaver.end(ending, patience()); // leaves
          it.deliver();
          Trial.isGranted(next, "the request for permit 1 of 1, which has come back by time,");
          it.rejects(1, "a late refund grants no second permit at one instant");
        });
  }

  /**
   * A refund into a limiter that is full again adds nothing.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: a refund into a limiter that is full adds no permit")
  default Stream<DynamicTest> aRefundNeverExceedsTheLimit() {
    return Request.inEveryWay(
        (form, ending) -> {
          Trial it = Trial.withSlowDelivery(this, 2);
          List<Permit> held = List.of(it.take(1), it.take(1));
          it.holdBack();
          Request leaver = Request.of(it, form, 1);
          it.settle();
          held.forEach(each -> it.free(each, 1));
          it.comeBack(3);
          leaver.end(ending, patience());
          it.deliver();
          it.admitsExactly(2);
        });
  }

  /**
   * In any schedule of requests, cancellations and late deliveries, the grants that were not
   * refunded stay within the limit, and all permits are there in the end.
   *
   * <p>Promises: All 3.
   */
  @Test
  @DisplayName(
      "All 3: in any schedule of requests, cancellations and late deliveries the grants stay within the limit")
  default void refundsKeepEveryScheduleWithinTheLimit() {
    assumeTrue(permitEvery() != null, "a limiter whose permits come back by time");
    assumeFalse(answersLater(), "a limiter that decides when it is asked");
    for (int seed = 0; seed < 300; seed++) {
      new RefundSchedule(this, 1 + seed % 3, seed).run();
    }
  }
}
