package io.asynctools.proof.docs;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What the examples of the documentation take for granted: a service, by HTTP and by a method. */
public final class Given implements AutoCloseable {
  private final Deque<Object> answers = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /** A client for the service. */
  public final HttpClient http = HttpClient.newHttpClient();

  /** A request that the service answers. */
  public final HttpRequest request;

  /** Starts the service on a port of its own. */
  public Given() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          if (next() instanceof Integer status) {
            if (status == 429) {
              exchange.getResponseHeaders().add("Retry-After", "1");
            }
            exchange.sendResponseHeaders(status, -1);
          } else {
            exchange.sendResponseHeaders(200, -1);
          }
          exchange.close();
        });
    server.start();
    request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.getAddress().getPort()))
            .build();
  }

  /** Sets what the service answers next: HTTP statuses, values, or exceptions. Then "ok". */
  public synchronized void answers(Object... next) {
    answers.clear();
    answers.addAll(Arrays.asList(next));
  }

  private synchronized Object next() {
    return answers.isEmpty() ? "ok" : answers.remove();
  }

  /** Calls the service asynchronously. */
  public CompletableFuture<String> send() {
    Object answer = next();
    return answer instanceof Throwable error
        ? CompletableFuture.failedFuture(error)
        : CompletableFuture.completedFuture(String.valueOf(answer));
  }

  /** Calls the service and blocks. */
  public String read() throws Exception {
    Object answer = next();
    if (answer instanceof Exception error) {
      throw error;
    }
    return String.valueOf(answer);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
