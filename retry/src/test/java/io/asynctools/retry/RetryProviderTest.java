package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.testkit.LimiterProviderContract;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The retry by name, its options, and the README's examples, which run here. */
@Tag("unit")
class RetryProviderTest extends LimiterProviderContract {
  private final ManualTime time = new ManualTime();
  private final Told told = new Told();
  private final Client client = new Client();

  /** Whatever the user calls. */
  private static final class Client {
    int sent;

    CompletableFuture<String> send(String message) {
      return sent++ % 2 == 0
          ? CompletableFuture.failedFuture(new IOException("lost"))
          : CompletableFuture.completedFuture("re: " + message);
    }

    String sendBlocking(String message) {
      try {
        return send(message).get();
      } catch (Exception e) {
        throw new UncheckedIOException(new IOException(e));
      }
    }
  }

  @Override
  protected LimiterProvider<?> provider() {
    return new RetryProvider();
  }

  private AsyncPolicy byName(Map<String, String> options) {
    return Limiters.policy(
        "retry",
        options,
        LimiterEnvironment.system().withTimeSource(time).withExecutor(time).withName("payments"));
  }

  // ---- The README's examples

  @Test
  void aroundACall() throws InterruptedException {
    Retry retry = Retry.builder().initialDelay(Duration.ZERO).build();
    CompletableFuture<String> reply = retry.execute(() -> client.send("ping"));
    String answer = retry.call(() -> client.sendBlocking("ping"));
    assertThat(reply).isCompletedWithValue("re: ping");
    assertThat(answer).isEqualTo("re: ping");
    assertThat(client.sent).isEqualTo(4);
  }

  @Test
  void byNameAndBuilt() {
    AsyncPolicy byName = Limiters.policy("retry", Map.of("max-attempts", "4", "jitter", "full"));
    Retry built =
        Retry.builder()
            .maxAttempts(4)
            .jitter(Jitter.FULL)
            .retryOn(IOException.class, TimeoutException.class)
            .attemptTimeout(Duration.ofSeconds(2))
            .totalTimeout(Duration.ofSeconds(10))
            .build();
    assertThat(byName.name()).isEqualTo("retry");
    assertThat(built.name()).isEqualTo("retry");
  }

  @Test
  void withABudget() {
    RetryBudget budget = RetryBudget.of(0.2, Rate.perSecond(1));
    Retry search = Retry.builder().name("search").budget(budget).build();
    Retry payments = Retry.builder().name("payments").budget(budget).build();
    assertThat(List.of(search.name(), payments.name())).containsExactly("search", "payments");
  }

  @Test
  void aServersRetryAfterIsObeyed() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean busy = asked.incrementAndGet() == 1;
          if (busy) {
            exchange.getResponseHeaders().set("Retry-After", "7");
          }
          exchange.sendResponseHeaders(busy ? 503 : 200, -1);
          exchange.close();
        });
    server.start();
    try {
      String address =
          "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort();
      HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
      Retry.Builder builder = Retry.builder().timeSource(time).executor(time).onRetry(told);
      HttpClient http = HttpClient.newHttpClient();
      Retry retry =
          builder
              .retryIfResult(reply -> ((HttpResponse<?>) reply).statusCode() == 503)
              .delay((error, reply, nextAttempt, computed) -> retryAfter(reply).orElse(computed))
              .build();
      CompletableFuture<HttpResponse<Void>> reply =
          retry.execute(() -> http.sendAsync(request, BodyHandlers.discarding()));
      Aside.await(() -> time.pending() == 1);
      assertThat(told.retries).containsExactly(new Told.Retried(null, 2, Duration.ofSeconds(7)));
      time.advance(Duration.ofSeconds(7));
      assertThat(reply.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(asked).hasValue(2);
    } finally {
      server.stop(0);
    }
  }

  // RFC 9110, section 10.2.3; the form with a date is left to the backoff
  static Optional<Duration> retryAfter(Object reply) {
    return reply instanceof HttpResponse<?> response
        ? response
            .headers()
            .firstValue("Retry-After")
            .filter(seconds -> seconds.matches("[0-9]{1,9}"))
            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        : Optional.empty();
  }

  // ---- Options

  @Test
  void theDefaultsAreThreeAttemptsAfterOneAndTwoSeconds() {
    Callee callee = new Callee();
    CompletableFuture<String> result = byName(Map.of()).execute(callee);
    callee.fail(new IOException());
    time.advance(Duration.ofSeconds(1));
    callee.fail(new IOException());
    time.advance(Duration.ofSeconds(2));
    assertThat(callee.started()).isEqualTo(3);
    callee.fail(new IOException());
    assertThat(result).isCompletedExceptionally();
  }

  @Test
  void everyOptionReachesTheRetry() {
    Callee callee = new Callee();
    AsyncPolicy retry =
        byName(
            Map.of(
                "max-attempts", "4",
                "initial-delay", "10ms",
                "max-delay", "25ms",
                "multiplier", "2.5",
                "jitter", "none",
                "attempt-timeout", "100ms",
                "total-timeout", "1s"));
    assertThat(retry.name()).isEqualTo("payments");
    CompletableFuture<String> result = retry.execute(callee);
    time.advance(Duration.ofMillis(100 + 10));
    assertThat(callee.started()).isEqualTo(2);
    time.advance(Duration.ofMillis(100 + 25));
    assertThat(callee.started()).isEqualTo(3);
    time.advance(Duration.ofMillis(100 + 25));
    assertThat(callee.started()).isEqualTo(4);
    time.advance(Duration.ofMillis(100));
    assertThat(result.handle((value, error) -> error).join())
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("'payments'");
    Callee slow = new Callee();
    CompletableFuture<String> bounded =
        byName(Map.of("total-timeout", "1s", "max-attempts", "9")).execute(slow);
    time.advance(Duration.ofSeconds(1));
    assertThat(bounded).isCompletedExceptionally();
  }

  /** One in a million fails here by chance, and takes the other half of the delay each time. */
  @Test
  void theJitterReachesTheRetry() {
    AsyncPolicy retry = byName(Map.of("jitter", "full", "initial-delay", "1h", "max-delay", "1h"));
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; i < 20; i++) {
      retry.execute(
          () -> {
            made.incrementAndGet();
            return CompletableFuture.failedFuture(new IOException());
          });
    }
    time.advance(Duration.ofMinutes(30));
    assertThat(made.get()).isGreaterThan(20);
  }

  @ParameterizedTest
  @CsvSource({
    "java.io.IOException, 3",
    "'java.util.concurrent.TimeoutException , java.io.IOException', 3",
    "java.io.FileNotFoundException, 1",
    "java.lang.Throwable, 3"
  })
  void theErrorsToRetryAreNamed(String classes, int attempts) {
    AtomicInteger made = new AtomicInteger();
    byName(Map.of("retry-on", classes, "initial-delay", "0s"))
        .execute(
            () -> {
              made.incrementAndGet();
              return CompletableFuture.failedFuture(new IOException());
            });
    assertThat(made).hasValue(attempts);
  }

  /** An exception of an application, which has its own class of this name. */
  @SuppressWarnings("serial")
  public static final class Lost extends RuntimeException {}

  /** Promises: Look-up. */
  @Test
  void anApplicationsOwnClassComesBeforeOursAndOursWhereItHasNone() throws Exception {
    String name = Lost.class.getName();
    ClassLoader application =
        new ClassLoader(null) {
          @Override
          protected Class<?> findClass(String wanted) throws ClassNotFoundException {
            if (!wanted.equals(name)) {
              throw new ClassNotFoundException(wanted);
            }
            try (InputStream in = Lost.class.getResourceAsStream("RetryProviderTest$Lost.class")) {
              byte[] code = in.readAllBytes();
              return defineClass(wanted, code, 0, code.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(wanted, e);
            }
          }
        };
    Exception its = (Exception) application.loadClass(name).getDeclaredConstructor().newInstance();
    assertThat(its).isNotInstanceOf(Lost.class);
    assertThat(attemptsUnder(application, name, its)).isEqualTo(3);
    assertThat(attemptsUnder(application, name, new Lost())).isEqualTo(1);
    ClassLoader empty = new ClassLoader(null) {};
    assertThat(attemptsUnder(empty, name, new Lost())).isEqualTo(3);
    assertThat(attemptsUnder(null, name, new Lost())).isEqualTo(3);
  }

  /** How often a call is made that fails so, with a retry made under a context class loader. */
  private int attemptsUnder(@Nullable ClassLoader context, String retryOn, Exception error) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    AsyncPolicy retry;
    try {
      retry = byName(Map.of("retry-on", retryOn, "initial-delay", "0s"));
    } finally {
      thread.setContextClassLoader(before);
    }
    AtomicInteger made = new AtomicInteger();
    retry.execute(
        () -> {
          made.incrementAndGet();
          return CompletableFuture.failedFuture(error);
        });
    return made.get();
  }

  @ParameterizedTest
  @CsvSource({"0.5, , 2", "0.5, 3/s, 4", "1, 1/h, 2"})
  void aBudgetIsAShareAndAFloor(String share, String floor, int retries) {
    Map<String, String> options =
        floor == null
            ? Map.of("budget-share", share, "max-attempts", "99", "initial-delay", "0s")
            : Map.of(
                "budget-share",
                share,
                "budget-floor",
                floor,
                "max-attempts",
                "99",
                "initial-delay",
                "0s");
    AsyncPolicy retry = byName(options);
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      retry.execute(
          () -> {
            made.incrementAndGet();
            return CompletableFuture.failedFuture(new IOException());
          });
    }
    assertThat(made.get() - 2).isEqualTo(retries + (share.equals("1") ? 1 : 0));
  }
}
