package io.asynctools.proof.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.retry.RetryBudget;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The soak itself: it passes, briefly, and limiters that break a promise make it fail. */
@Tag("unit")
class SoakTest {
  private static final int KEYS = 200;

  private final ByteArrayOutputStream table = new ByteArrayOutputStream();

  private boolean passes(
      double seconds, Duration patience, UnaryOperator<AsyncRateLimiter> breakage)
      throws InterruptedException {
    return passes(seconds, patience, breakage, Stacks.budget());
  }

  private boolean passes(
      double seconds,
      Duration patience,
      UnaryOperator<AsyncRateLimiter> breakage,
      RetryBudget budget)
      throws InterruptedException {
    PrintStream out = new PrintStream(table, true, StandardCharsets.UTF_8);
    return new Soak(seconds, KEYS, patience, breakage, budget, out).run();
  }

  @Test
  void itPasses() throws InterruptedException {
    assertThat(passes(1, Duration.ofSeconds(60), UnaryOperator.identity()))
        .as(table.toString())
        .isTrue();
    assertThat(table.toString(StandardCharsets.UTF_8)).contains("| violations | 0 |");
  }

  @Test
  void aLimiterThatGrantsTooMuchFails() throws InterruptedException {
    assertThat(passes(0.5, Duration.ofMillis(500), limiter -> changed(limiter, false))).isFalse();
    assertThat(table.toString(StandardCharsets.UTF_8)) // the first few are told, of whichever kind
        .containsPattern("VIOLATION (bucket|semaphore)");
  }

  @Test
  void aPermitThatDoesNotComeBackFails() throws InterruptedException {
    assertThat(passes(0.5, Duration.ofMillis(500), limiter -> changed(limiter, true))).isFalse();
    assertThat(table.toString(StandardCharsets.UTF_8)).contains("not all permits have come back");
  }

  @Test
  void retriesBeyondTheBudgetFail() throws InterruptedException {
    RetryBudget endless = RetryBudget.of(1, Rate.perSecond(1_000_000));
    assertThat(passes(0.5, Duration.ofSeconds(60), UnaryOperator.identity(), endless)).isFalse();
    assertThat(table.toString(StandardCharsets.UTF_8))
        .contains("| violations | 1 |")
        .containsPattern("VIOLATION .* over the budget");
  }

  /** One whose tryAcquire always grants, or whose permits cannot be ended. */
  private static AsyncRateLimiter changed(AsyncRateLimiter limiter, boolean leaks) {
    AtomicInteger calls = new AtomicInteger();
    return (AsyncRateLimiter)
        Proxy.newProxyInstance(
            SoakTest.class.getClassLoader(),
            new Class<?>[] {AsyncRateLimiter.class},
            (proxy, method, arguments) -> {
              Object result;
              try {
                result = method.invoke(limiter, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (!method.getName().equals("tryAcquire") || calls.getAndIncrement() > 100) {
                return result;
              }
              Optional<?> permit = (Optional<?>) result;
              Permit useless = () -> {};
              return leaks ? permit.map(held -> useless) : Optional.of(useless);
            });
  }
}
