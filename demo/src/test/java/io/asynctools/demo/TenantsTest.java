package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.testkit.ManualTime;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limit of each API key before the whole stack, on HTTP; its time is manual. */
@Tag("integration")
@Timeout(60)
class TenantsTest {
  private final ManualTime time = new ManualTime();
  private final LimiterEnvironment manual = LimiterEnvironment.system().withTimeSource(time);
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpClient client = Http.client(threads);
  private final AtomicInteger calls = new AtomicInteger();
  private volatile int failures; // so many calls get 500, then 200
  private HttpServer upstream;

  @BeforeEach
  void startUpstream() throws Exception {
    upstream =
        Http.serve(
            exchange ->
                Http.reply(
                    exchange,
                    calls.incrementAndGet() <= failures ? 500 : 200,
                    "answer\n".getBytes(US_ASCII)),
            threads);
  }

  @AfterEach
  void stop() {
    upstream.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aTenantOverItsLimitIsRefusedWhileAnotherIsServed() throws Exception {
    try (Limits limits = limits("tenants.limiter.rate", "1/h", "tenants.limiter.capacity", "1");
        Gateway gateway = gateway(limits)) {
      assertThat(get(gateway, "greedy").statusCode()).isEqualTo(200);
      HttpResponse<String> refused = get(gateway, "greedy");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("3600");
      assertThat(refused.body()).contains(Tenants.NAME);
      assertThat(Answer.of(refused)).isEqualTo(Answer.REFUSED);
      assertThat(get(gateway, "modest").statusCode()).isEqualTo(200);
      assertThat(calls).hasValue(2);

      time.advance(Duration.ofHours(1));
      assertThat(get(gateway, "greedy").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void allWithoutAKeyShareOneLimit() throws Exception {
    try (Limits limits = limits("tenants.limiter.capacity", "1");
        Gateway gateway = gateway(limits)) {
      assertThat(get(gateway, null).statusCode()).isEqualTo(200);
      assertThat(get(gateway, null).statusCode()).isEqualTo(429);
      assertThat(get(gateway, "a key").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aKnownKeyIsServedWhileANewOneFindsNoRoom() throws Exception {
    try (Limits limits = limits("tenants.max-keys", "1");
        Gateway gateway = gateway(limits)) {
      assertThat(get(gateway, "known").statusCode()).isEqualTo(200);
      HttpResponse<String> refused = get(gateway, "new");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(refused.body()).contains("TOO_MANY_KEYS");
      assertThat(get(gateway, "known").statusCode()).isEqualTo(200);
      assertThat(Tenants.of(limits).held().getAsLong()).isEqualTo(1);
    }
  }

  @Test
  void whatIsTriedAgainCostsTheTenantNothingMore() throws Exception {
    failures = 1;
    try (Limits limits = limits("tenants.limiter.capacity", "2", "retry.initial-delay", "0s");
        Gateway gateway = gateway(limits)) {
      assertThat(get(gateway, "tenant").statusCode()).isEqualTo(200);
      assertThat(gateway.retries()).isEqualTo(1);
      assertThat(get(gateway, "tenant").statusCode()).isEqualTo(200);
      assertThat(get(gateway, "tenant").statusCode()).isEqualTo(429);
    }
  }

  @Test
  void whatATenantIsRefusedCostsTheOthersNothing() throws Exception {
    try (Limits limits =
            limits(
                "tenants.limiter.capacity", "1", "upstream.rate", "1/d", "upstream.capacity", "2");
        Gateway gateway = gateway(limits)) {
      assertThat(get(gateway, "greedy").statusCode()).isEqualTo(200);
      for (int i = 0; i < 5; i++) {
        assertThat(get(gateway, "greedy").body()).contains(Tenants.NAME);
      }
      assertThat(get(gateway, "modest").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aKeyThatIsTooLongIsNotKept() throws Exception {
    try (Limits limits = limits();
        Gateway gateway = gateway(limits)) {
      assertThat(get(gateway, "k".repeat(129)).statusCode()).isEqualTo(400);
      assertThat(Tenants.of(limits).held().getAsLong()).isZero();
      assertThat(calls).hasValue(0);
      assertThat(get(gateway, "k".repeat(128)).statusCode()).isEqualTo(200);
    }
  }

  /** The parts before the flood are played without keys, at hundreds of requests a second. */
  @Test
  void aGatewayWithoutTheLimitAsksForNoKey() throws Exception {
    try (Limits limits = limits("tenants.limiter.capacity", "1");
        Gateway gateway = new Gateway(Stack.of(limits, time).route(), Http.uri(upstream))) {
      for (int i = 0; i < 3; i++) {
        assertThat(get(gateway, "tenant").statusCode()).isEqualTo(200);
      }
      assertThat(Tenants.of(limits).held().getAsLong()).isZero();
    }
  }

  /** In the longest run too: they ask for more than comes back, so no bucket is ever full. */
  @Test
  void theDemosTenantsStayWithinTheirLimitAndAreNeverForgotten() throws Exception {
    try (Limits limits = limits()) {
      AsyncRateLimiter tenant = Tenants.of(limits).limit().forKey("tenant");
      long requests = (Flood.scaled(999).length().toSeconds() + 1) * FloodPhase.REQUESTS_PER_SECOND;
      for (long i = 0; i < requests; i++) {
        assertThat(tenant.tryAcquire()).isPresent();
        time.advance(Duration.ofSeconds(1).dividedBy(FloodPhase.REQUESTS_PER_SECOND));
        assertThat(tenant.isIdle()).isFalse();
      }
    }
  }

  @Test
  void aLimitWithoutKeysIsTold() throws Exception {
    Map<String, String> semaphore =
        Map.of("tenants.type", "semaphore", "tenants.max-concurrent", "1");
    try (Limits limits = new Limits(semaphore, manual)) {
      assertThatThrownBy(() -> Tenants.of(limits))
          .isInstanceOf(LimiterConfigException.class)
          .hasMessageContaining(Tenants.NAME);
    }
  }

  /** What stands in the file, but for some options, given as names and values in turn. */
  private Limits limits(String... others) throws Exception {
    Map<String, String> properties = Limits.read("limits.properties");
    for (int i = 0; i < others.length; i += 2) {
      properties.put(others[i], others[i + 1]);
    }
    return new Limits(properties, manual);
  }

  private Gateway gateway(Limits limits) throws Exception {
    Route route = Stack.of(limits, time).route().perClient(Tenants.of(limits).limit());
    return new Gateway(route, Http.uri(upstream));
  }

  private HttpResponse<String> get(Gateway gateway, @Nullable String apiKey) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri());
    if (apiKey != null) {
      request.header(Tenants.HEADER, apiKey);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
