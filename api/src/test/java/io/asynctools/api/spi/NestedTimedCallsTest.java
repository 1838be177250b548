package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Blocking calls inside one another: each time-out ends its own call and what is inside it.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
class NestedTimedCallsTest extends TimedCalls {

  /** Promises: All 4. */
  @Test
  void theInnerTimeOutIsNotTheOuters() throws Exception {
    String value =
        timed(
            LONGER,
            outerLate,
            () ->
                PermittedCall.call(
                    permit("outer"),
                    () -> {
                      assertThatExceptionOfType(TimeoutException.class)
                          .isThrownBy(
                              () ->
                                  timed(
                                      () ->
                                          PermittedCall.call(
                                              permit("inner"),
                                              () -> {
                                                pass(LIMIT);
                                                block();
                                                return "never";
                                              })))
                          .isSameAs(late);
                      assertThat(isInterrupted()).isFalse();
                      assertThat(TimedCall.isLate()).isFalse();
                      return "v";
                    }));
    assertThat(value).isEqualTo("v");
    assertThat(events)
        .containsExactly("inner told " + late, "inner failure " + late, "outer result v");
  }

  /** Promises: All 4. */
  @Test
  void theOuterTimeOutReachesAllInsideAndComesOutOfTheOuter() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    LIMIT,
                    outerLate,
                    () ->
                        PermittedCall.call(
                            permit("outer"),
                            () ->
                                timed(
                                    LONGER,
                                    late,
                                    () ->
                                        PermittedCall.call(
                                            permit("inner"),
                                            () -> {
                                              pass(LIMIT);
                                              block();
                                              return "never";
                                            })))))
        .isSameAs(outerLate);
    assertThat(events)
        .containsExactly(
            "inner told " + outerLate,
            "outer told " + outerLate,
            "inner failure " + outerLate,
            "outer failure " + outerLate);
  }

  /**
   * A callee that swallows the first interrupt lives to see the second.
   *
   * <p>Promises: All 4.
   */
  @Test
  void ofTwoTimeOutsAPermitHearsOfTheFirst() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    LONGER,
                    outerLate,
                    () ->
                        timed(
                            () ->
                                PermittedCall.call(
                                    permit("inner"),
                                    () -> {
                                      pass(LIMIT);
                                      assertThat(Thread.interrupted()).isTrue();
                                      pass(LONGER);
                                      assertThat(isInterrupted()).isTrue();
                                      return "v";
                                    }))))
        .isSameAs(outerLate);
    assertThat(events).containsExactly("inner told " + late, "inner failure " + late);
  }

  /** Two interrupts are one flag: the inner call's end must not withdraw the outer's. */
  @Test
  void theOutersInterruptOutlivesTheInnerCall() {
    for (boolean consumed : new boolean[] {false, true}) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(
              () ->
                  timed(
                      LONGER,
                      outerLate,
                      () -> {
                        assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                () ->
                                    timed(
                                        () -> {
                                          pass(LONGER); // both have passed
                                          if (consumed) {
                                            block();
                                          }
                                          return "v";
                                        }))
                            .isSameAs(late);
                        assertThat(isInterrupted()).as("for the outer call").isTrue();
                        return "v";
                      }))
          .isSameAs(outerLate);
      assertThat(isInterrupted()).isFalse();
    }
  }

  /** The end of the inner call, which asks whether the outer is late, leaves no lock behind. */
  @Test
  void theOuterTimeOutStillComesAfterTheInnerOne() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                timed(
                    LONGER,
                    outerLate,
                    () -> {
                      assertThatExceptionOfType(TimeoutException.class)
                          .isThrownBy(
                              () ->
                                  timed(
                                      () -> {
                                        pass(LIMIT);
                                        return "v";
                                      }));
                      Others.join(Others.start(() -> pass(LONGER))); // the timer's own thread
                      return "v";
                    }))
        .isSameAs(outerLate);
  }

  @Test
  void anotherThreadInsideIsNotInside() throws Exception {
    timed(
        () -> {
          Others.join(
              Others.start(
                  () -> {
                    assertThat(TimedCall.enclosing()).isNull();
                    assertThat(PermittedCall.call(permit("other"), () -> "v")).isEqualTo("v");
                  }));
          return "v";
        });
    assertThat(events).containsExactly("other result v");
  }

  @Test
  void afterAnInnerCallTheOuterOneIsStillTheOneAround() throws Exception {
    timed(
        LONGER,
        outerLate,
        () -> {
          TimedCall outer = TimedCall.enclosing();
          timed(() -> "in time");
          assertThat(TimedCall.enclosing()).isSameAs(outer);
          return "v";
        });
  }
}
