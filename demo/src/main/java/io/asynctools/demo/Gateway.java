package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Passes GET requests on to an upstream, under the policy of its route. No thread waits for
 * anything: the handler leaves the exchange open and returns, and whoever completes the call's
 * future answers it.
 */
final class Gateway implements AutoCloseable {
  private static final Duration UPSTREAM_TIMEOUT = Duration.ofSeconds(8);

  /** Keys are kept for a while, so their number is not all that has to be bounded. */
  private static final int LONGEST_KEY = 128;

  private final Route route;
  private final URI upstream;
  private final LongAdder admitted = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final ExecutorService handlers = Http.threads("gateway");
  private final ExecutorService callbacks = Http.threads("gateway-client");
  private final HttpClient client = Http.client(callbacks);
  private final HttpServer server;

  Gateway(Route route, URI upstream) throws IOException {
    this.route = route;
    this.upstream = upstream;
    this.server = Http.serve(this::handle, handlers);
  }

  URI uri() {
    return Http.uri(server);
  }

  /** How many calls the policy has let through to the upstream. */
  long admitted() {
    return admitted.sum();
  }

  /** How many of them were not the first for their request. */
  long retries() {
    return retries.sum();
  }

  private void handle(HttpExchange exchange) {
    if (!exchange.getRequestMethod().equals("GET")) {
      Http.reply(exchange, 405, new byte[0]);
      return;
    }
    String apiKey = exchange.getRequestHeaders().getFirst(Tenants.HEADER);
    if (apiKey != null && apiKey.length() > LONGEST_KEY) {
      Http.reply(exchange, 400, new byte[0]);
      return;
    }
    AtomicBoolean again = new AtomicBoolean();
    var unused =
        route
            .execute(
                apiKey == null ? Tenants.WITHOUT_KEY : apiKey,
                () -> forward(exchange.getRequestURI(), again.getAndSet(true)))
            .handle((response, error) -> answer(exchange, response, error))
            .exceptionally(mistake -> answer(exchange, 500, mistake)); // or it would hang for ever
  }

  private CompletableFuture<HttpResponse<byte[]>> forward(URI asked, boolean retry) {
    admitted.increment();
    if (retry) {
      retries.increment();
    }
    // Path and query alone: resolving all that a client sent would let it name another host.
    String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(upstream + asked.getRawPath() + query))
            .timeout(UPSTREAM_TIMEOUT)
            .build();
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request, BodyHandlers.ofByteArray());
    CompletableFuture<HttpResponse<byte[]>> answer =
        exchange.thenApply(Gateway::failingOnServerError);
    // A time-out ends the answer with an exception. To the client only a cancel means that nobody
    // waits any more; without it the exchange, and its connection, would outlive the call.
    var unused = answer.whenComplete((response, error) -> exchange.cancel(true));
    return answer;
  }

  private static HttpResponse<byte[]> failingOnServerError(HttpResponse<byte[]> response) {
    if (response.statusCode() >= 500) {
      throw new UpstreamException(response.statusCode());
    }
    return response;
  }

  private @Nullable Void answer(
      HttpExchange exchange, @Nullable HttpResponse<byte[]> response, @Nullable Throwable error) {
    if (response != null) {
      route.describeAdmitted(exchange.getResponseHeaders());
      Http.reply(exchange, response.statusCode(), response.body());
      return null;
    }
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof RejectedException refusal) {
      route.describeRefused(exchange.getResponseHeaders(), refusal);
      return answer(exchange, statusOf(refusal), refusal.getMessage());
    }
    return answer(exchange, statusOf(cause), cause);
  }

  private static int statusOf(@Nullable Throwable failure) {
    if (failure instanceof RateLimitExceededException) {
      return 429;
    }
    if (failure instanceof RejectedException) {
      return 503; // the breaker is open, or the gateway closes
    }
    if (failure instanceof UpstreamException answered) {
      return answered.status() == 503 ? 503 : 502;
    }
    // The client's time-out, or an attempt's.
    return failure instanceof HttpTimeoutException || failure instanceof TimeoutException
        ? 504
        : 502;
  }

  private static @Nullable Void answer(HttpExchange exchange, int status, @Nullable Object why) {
    Http.reply(exchange, status, (why + "\n").getBytes(UTF_8));
    return null;
  }

  @Override
  public void close() {
    server.stop(0);
    handlers.shutdownNow();
    callbacks.shutdownNow();
  }
}
