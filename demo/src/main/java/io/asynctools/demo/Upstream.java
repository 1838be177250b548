package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * An HTTP service that can take so much and no more: it answers 200 when a request has been through
 * its {@link WorkLine}, and 503 when the line is full. Nothing else makes it fail, unless it is
 * told to be ill.
 */
final class Upstream implements AutoCloseable {
  private static final int TICK_MILLIS = 2;
  private static final byte[] DONE = "done\n".getBytes(US_ASCII);
  private static final byte[] BROKEN = "broken\n".getBytes(US_ASCII);
  private static final byte[] OVERLOADED = "overloaded\n".getBytes(US_ASCII);

  private final long origin = System.nanoTime();
  private final Object lock = new Object();
  private final WorkLine<HttpExchange> line; // guarded by lock
  private Health health = Health.WELL; // guarded by lock
  private List<HttpExchange> hanging = new ArrayList<>(); // guarded by lock
  private int flakyCalls; // guarded by lock
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

  /** From now on it is like that. What hangs when it no longer does is answered 500. */
  void become(Health next) {
    List<HttpExchange> released;
    synchronized (lock) {
      health = next;
      released = hanging;
      hanging = new ArrayList<>();
    }
    released.forEach(exchange -> Http.reply(exchange, 500, BROKEN));
  }

  /** How many requests hang. */
  int hanging() {
    synchronized (lock) {
      return hanging.size();
    }
  }

  private void handle(HttpExchange exchange) {
    if (isTooIllFor(exchange)) {
      return;
    }
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

  /** Whether a request gets what an ill upstream has for it, in place of service. */
  private boolean isTooIllFor(HttpExchange exchange) {
    synchronized (lock) {
      if (health == Health.HANGING) {
        hanging.add(exchange);
        return true;
      }
      boolean fails = health == Health.FAILING || (health == Health.FLAKY && ++flakyCalls % 3 == 0);
      if (!fails) {
        return false;
      }
    }
    Http.reply(exchange, 500, BROKEN);
    return true;
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
