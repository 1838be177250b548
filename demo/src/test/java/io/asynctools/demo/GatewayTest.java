package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.testkit.ManualTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
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

@Tag("integration")
@Timeout(60)
class GatewayTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpClient client = Http.client(threads);
  private final AtomicInteger calls = new AtomicInteger();
  private volatile int status = 200;
  private HttpServer upstream;

  @BeforeEach
  void startUpstream() throws Exception {
    upstream =
        Http.serve(
            exchange -> {
              calls.incrementAndGet();
              Http.reply(exchange, status, exchange.getRequestURI().toString().getBytes(US_ASCII));
            },
            threads);
  }

  @AfterEach
  void stop() {
    upstream.stop(0);
    threads.shutdownNow();
  }

  @Test
  void withoutALimitItOnlyPassesOn() throws Exception {
    try (Gateway gateway = new Gateway(Route.unlimited(), Http.uri(upstream))) {
      HttpResponse<String> answer = get(gateway, "/some/path?q=1");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("/some/path?q=1");
      assertThat(answer.headers().firstValue("RateLimit")).isEmpty();
      assertThat(gateway.admitted()).isEqualTo(1);
    }
  }

  @Test
  void anAdmittedRequestIsToldWhatIsLeft() throws Exception {
    try (Limits limits = bucket("3");
        Gateway gateway = new Gateway(Route.limited(limits, "upstream"), Http.uri(upstream))) {
      HttpResponse<String> answer = get(gateway, "/");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(field(answer, "RateLimit-Policy")).isEqualTo("\"upstream\";q=1;w=86400");
      assertThat(field(answer, "RateLimit")).isEqualTo("\"upstream\";r=2;t=86400");
    }
  }

  @Test
  void aRefusedRequestIsToldWhenToComeBackAndNeverReachesTheUpstream() throws Exception {
    try (Limits limits = bucket("1");
        Gateway gateway = new Gateway(Route.limited(limits, "upstream"), Http.uri(upstream))) {
      get(gateway, "/");
      HttpResponse<String> answer = get(gateway, "/");
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(field(answer, "Retry-After")).isEqualTo("86400");
      assertThat(field(answer, "RateLimit-Policy")).isEqualTo("\"upstream\";q=1;w=86400");
      assertThat(field(answer, "RateLimit")).isEqualTo("\"upstream\";r=0;t=86400");
      assertThat(answer.body()).contains("upstream");
      assertThat(calls).hasValue(1);
      assertThat(gateway.admitted()).isEqualTo(1);
    }
  }

  @Test
  void theUpstreamsErrorIsPassedOn() throws Exception {
    status = 503;
    try (Gateway gateway = new Gateway(Route.unlimited(), Http.uri(upstream))) {
      assertThat(get(gateway, "/").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void anUpstreamThatIsGoneIsABadGateway() throws Exception {
    URI gone = Http.uri(upstream);
    upstream.stop(0);
    try (Gateway gateway = new Gateway(Route.unlimited(), gone)) {
      assertThat(get(gateway, "/").statusCode()).isEqualTo(502);
    }
  }

  @Test
  void aRequestCannotNameAnotherHost() throws Exception {
    try (Gateway gateway = new Gateway(Route.unlimited(), Http.uri(upstream))) {
      HttpResponse<String> answer = get(gateway, "//192.0.2.1/elsewhere");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("/elsewhere");
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void otherMethodsAreNotAllowed() throws Exception {
    try (Gateway gateway = new Gateway(Route.unlimited(), Http.uri(upstream))) {
      HttpRequest post =
          HttpRequest.newBuilder(gateway.uri())
              .POST(HttpRequest.BodyPublishers.ofString("x"))
              .build();
      assertThat(client.send(post, BodyHandlers.discarding()).statusCode()).isEqualTo(405);
      assertThat(calls).hasValue(0);
    }
  }

  @Test
  void requestsThatWaitHoldNoThread() throws Exception {
    List<HttpExchange> held = new ArrayList<>();
    HttpServer slow =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    CompletableFuture<Void> allThere = new CompletableFuture<>();
    slow.createContext(
        "/",
        exchange -> { // on the one thread of the server: held needs no lock
          held.add(exchange);
          if (held.size() == 50) {
            allThere.complete(null);
          }
        });
    slow.start();
    try (Gateway gateway = new Gateway(Route.unlimited(), Http.uri(slow))) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(
            client.sendAsync(
                HttpRequest.newBuilder(gateway.uri()).build(), BodyHandlers.ofString()));
      }
      // The gateway has two threads for handlers: it would get no further than two.
      allThere.get(30, TimeUnit.SECONDS);
      held.forEach(exchange -> Http.reply(exchange, 200, new byte[0]));
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      }
    } finally {
      slow.stop(0);
    }
  }

  /** A bucket that refuses at once when it is empty, and gets nothing back. */
  private static Limits bucket(String capacity) {
    return new Limits(
        Map.of(
            "upstream.type", "token-bucket",
            "upstream.rate", "1/d",
            "upstream.capacity", capacity,
            "upstream.max-wait", "0s"),
        LimiterEnvironment.system().withTimeSource(new ManualTime()));
  }

  private HttpResponse<String> get(Gateway gateway, String path) throws Exception {
    URI uri = URI.create(gateway.uri() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static String field(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElseThrow();
  }
}
