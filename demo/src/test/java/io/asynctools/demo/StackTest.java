package io.asynctools.demo;

import static io.asynctools.circuitbreaker.CircuitBreaker.State.CLOSED;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.HALF_OPEN;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.OPEN;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.demo.BreakerWatch.Change;
import io.asynctools.testkit.ManualTime;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stack as it stands in limits.properties, on HTTP; its time is manual. */
@Tag("integration")
@Timeout(60)
class StackTest {
  private static final Map<String, String> ONE_ATTEMPT = Map.of("retry.max-attempts", "1");
  private static final Map<String, String> RETRY_AT_ONCE = Map.of("retry.initial-delay", "0s");

  private final ManualTime time = new ManualTime();
  private final LimiterEnvironment manual = LimiterEnvironment.system().withTimeSource(time);
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpClient client = Http.client(threads);
  private final AtomicInteger calls = new AtomicInteger();
  private volatile int status = 200;
  private volatile int failures = Integer.MAX_VALUE; // so many calls get the status, then 200
  private HttpServer upstream;

  @BeforeEach
  void startUpstream() throws Exception {
    upstream =
        Http.serve(
            exchange ->
                Http.reply(
                    exchange,
                    calls.incrementAndGet() <= failures ? status : 200,
                    "answer\n".getBytes(US_ASCII)),
            threads);
  }

  @AfterEach
  void stop() {
    upstream.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aFailedCallIsMadeAgainAndTheClientNeverHearsOfIt() throws Exception {
    status = 500;
    failures = 1;
    try (Limits limits = limits(RETRY_AT_ONCE, manual);
        Gateway gateway = gateway(limits)) {
      HttpResponse<String> answer = get(gateway);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(Answer.of(answer)).isEqualTo(Answer.GOOD);
      assertThat(gateway.admitted()).isEqualTo(2);
      assertThat(gateway.retries()).isEqualTo(1);
    }
  }

  @Test
  void retriesStayWithinTheBudget() throws Exception {
    status = 500;
    Map<String, String> roomy = Map.of("retry.initial-delay", "0s", "upstream.capacity", "100");
    try (Limits limits = limits(roomy, manual);
        Gateway gateway = gateway(limits)) {
      for (int i = 0; i < 20; i++) {
        assertThat(get(gateway).statusCode()).isEqualTo(502);
      }
      Budget budget = Budget.of(limits, Stack.RETRY).orElseThrow();
      assertThat(gateway.retries()).isEqualTo((long) budget.allows(20, 0)).isEqualTo(5);
      assertThat(calls).hasValue(25);
    }
  }

  @Test
  void serverErrorsOpenTheBreakerAndAProbeClosesIt() throws Exception {
    status = 503;
    try (Limits limits = limits(ONE_ATTEMPT, manual)) {
      Stack stack = Stack.of(limits, time);
      try (Gateway gateway = new Gateway(stack.route(), Http.uri(upstream))) {
        int enough = Integer.parseInt(limits.option(Stack.BREAKER, "minimum-calls").orElseThrow());
        for (int i = 0; i < enough; i++) {
          assertThat(stack.watch().state()).isEqualTo(CLOSED);
          time.advance(Duration.ofMillis(10)); // the bucket's rate allows as much
          HttpResponse<String> failure = get(gateway);
          assertThat(failure.statusCode()).isEqualTo(503);
          assertThat(Answer.of(failure)).isEqualTo(Answer.ERROR);
        }
        assertThat(stack.watch().state()).isEqualTo(OPEN);

        time.advance(Duration.ofMillis(1));
        HttpResponse<String> refused = get(gateway);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1"); // of 999 ms
        assertThat(refused.headers().firstValue("RateLimit")).isEmpty();
        assertThat(refused.body()).contains(Stack.BREAKER);
        assertThat(Answer.of(refused)).isEqualTo(Answer.CIRCUIT_OPEN);
        assertThat(calls).hasValue(enough);

        status = 200;
        time.advance(Duration.ofSeconds(1));
        assertThat(get(gateway).statusCode()).isEqualTo(200);
        assertThat(stack.watch().newChanges().stream().map(Change::to))
            .containsExactly(OPEN, HALF_OPEN, CLOSED);
      }
    }
  }

  @Test
  void aRefusalOfTheBucketIsStill429AndNotMadeAgain() throws Exception {
    Map<String, String> small =
        Map.of("upstream.rate", "1/d", "upstream.capacity", "1", "retry.initial-delay", "0s");
    try (Limits limits = limits(small, manual);
        Gateway gateway = gateway(limits)) {
      get(gateway);
      HttpResponse<String> refused = get(gateway);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("86400");
      assertThat(refused.headers().firstValue("RateLimit")).hasValue("\"upstream\";r=0;t=86400");
      assertThat(Answer.of(refused)).isEqualTo(Answer.REFUSED);
      assertThat(gateway.admitted()).isEqualTo(1);
      assertThat(gateway.retries()).isZero();
    }
  }

  @Test
  void aCallThatHangsIsEndedAndTheBreakerCountsIt() throws Exception {
    Map<String, String> touchy =
        Map.of(
            "retry.max-attempts", "1", "breaker.count-window", "1", "breaker.minimum-calls", "1");
    CompletableFuture<Void> arrived = new CompletableFuture<>();
    CompletableFuture<Void> hungUp = new CompletableFuture<>();
    // All that the policies do then happens inside time.advance, on this thread.
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Limits limits = limits(touchy, manual.withExecutor(time))) {
      threads.execute(() -> listenInSilence(silent, arrived, hungUp));
      Stack stack = Stack.of(limits, time);
      URI target = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      try (Gateway gateway = new Gateway(stack.route(), target)) {
        CompletableFuture<HttpResponse<String>> answer = getLater(gateway);
        arrived.get(30, TimeUnit.SECONDS);
        time.advance(Duration.ofMillis(999));
        assertThat(stack.watch().state()).isEqualTo(CLOSED);
        time.advance(Duration.ofMillis(1));
        assertThat(stack.watch().state()).isEqualTo(OPEN);
        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(504);
        // The exchange was cancelled: left alone, it would go on for the client's 8 s.
        hungUp.get(5, TimeUnit.SECONDS);
        assertThat(get(gateway).statusCode()).isEqualTo(503);
      }
    }
  }

  @Test
  void aBreakerOfAnotherTypeIsTold() {
    assertThatThrownBy(
            () -> {
              try (Limits limits =
                  new Limits(
                      Map.of("breaker.type", "semaphore", "breaker.max-concurrent", "1"), manual)) {
                Stack.of(limits, time);
              }
            })
        .isInstanceOf(LimiterConfigException.class)
        .hasMessage("breaker.type must be circuit-breaker, was semaphore");
  }

  /** Takes a connection, reads a request, and waits until the other side has closed it. */
  private static void listenInSilence(
      ServerSocket server, CompletableFuture<Void> arrived, CompletableFuture<Void> hungUp) {
    try (Socket connection = server.accept();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII))) {
      String line = in.readLine();
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      arrived.complete(null);
      while (in.read() >= 0) {
        // a request has no body
      }
      hungUp.complete(null);
    } catch (Exception e) { // a connection that is reset is closed too
      hungUp.complete(null);
    }
  }

  /** What stands in the file, but for some options. */
  private static Limits limits(Map<String, String> others, LimiterEnvironment environment)
      throws Exception {
    Map<String, String> properties = Limits.read("limits.properties");
    properties.putAll(others);
    return new Limits(properties, environment);
  }

  private Gateway gateway(Limits limits) throws Exception {
    return new Gateway(Stack.of(limits, time).route(), Http.uri(upstream));
  }

  private HttpResponse<String> get(Gateway gateway) throws Exception {
    return getLater(gateway).get(30, TimeUnit.SECONDS);
  }

  private CompletableFuture<HttpResponse<String>> getLater(Gateway gateway) {
    return client.sendAsync(HttpRequest.newBuilder(gateway.uri()).build(), BodyHandlers.ofString());
  }
}
