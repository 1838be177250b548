package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * An HTTP service that can take so much and no more: it answers 200 when a request has been through
 * its {@link WorkLine}, and 503 when the line is full. Nothing else makes it fail.
 */
final class Upstream implements AutoCloseable {
  private static final int TICK_MILLIS = 2;
  private static final byte[] DONE = "done\n".getBytes(US_ASCII);
  private static final byte[] OVERLOADED = "overloaded\n".getBytes(US_ASCII);

  private final long origin = System.nanoTime();
  private final Object lock = new Object();
  private final WorkLine<HttpExchange> line; // guarded by lock
  private final ExecutorService handlers = Http.threads("upstream");
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final HttpServer server;

  Upstream(UpstreamModel model) throws IOException {
    line = new WorkLine<>(model);
    server = Http.serve(this::handle, handlers);
    var unused = clock.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, MILLISECONDS);
  }

  URI uri() {
    return Http.uri(server);
  }

  private void handle(HttpExchange exchange) {
    List<HttpExchange> finished;
    boolean taken;
    synchronized (lock) {
      long now = System.nanoTime() - origin;
      finished = line.finishedBy(now);
      taken = line.offer(exchange, now);
    }
    finish(finished);
    if (!taken) {
      Http.reply(exchange, 503, OVERLOADED);
    }
  }

  private void tick() {
    List<HttpExchange> finished;
    synchronized (lock) {
      finished = line.finishedBy(System.nanoTime() - origin);
    }
    finish(finished);
  }

  private static void finish(List<HttpExchange> finished) {
    finished.forEach(exchange -> Http.reply(exchange, 200, DONE));
  }

  @Override
  public void close() {
    clock.shutdownNow();
    server.stop(0);
    handlers.shutdownNow();
  }
}
