package io.asynctools.demo;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Many clients who do not know of each other: an open loop, which sends what is due whatever comes
 * back. Latency counts from when a request was due, so that a generator that is late hides nothing
 * (Tene's coordinated omission).
 */
final class LoadGenerator implements AutoCloseable {
  private static final int TICK_MILLIS = 2;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final LoadProfile profile;
  private final List<HttpRequest> requests; // in turn
  private final Tally tally;
  private final ExecutorService callbacks = Http.threads("clients");
  private final HttpClient client = Http.client(callbacks);
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final long start = System.nanoTime();
  private long due; // of the next request, since the start; the clock's thread alone uses it
  private int next; // of the requests; likewise
  private volatile boolean allSent;

  /**
   * Starts it.
   *
   * @param apiKeys whose requests they are, in turn; without any, requests have no key
   */
  LoadGenerator(LoadProfile profile, URI target, List<String> apiKeys, Tally tally) {
    this.profile = profile;
    HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve("/work")).timeout(TIMEOUT);
    this.requests =
        apiKeys.isEmpty()
            ? List.of(request.build())
            : apiKeys.stream().map(key -> request.setHeader(Tenants.HEADER, key).build()).toList();
    this.tally = tally;
    var unused = clock.scheduleAtFixedRate(this::sendDue, 0, TICK_MILLIS, MILLISECONDS);
  }

  private void sendDue() {
    long end = profile.length().toNanos();
    long now = System.nanoTime() - start;
    while (due <= now && due < end) {
      send(start + due);
      due = profile.nextAfter(due);
    }
    allSent = due >= end;
  }

  /** Whether all was sent and all was answered. */
  boolean isDone() {
    return allSent && tally.outstanding() == 0;
  }

  private void send(long dueAt) {
    tally.sent();
    HttpRequest request = requests.get(next);
    next = (next + 1) % requests.size();
    var unused =
        client
            .sendAsync(request, BodyHandlers.discarding())
            .whenComplete((response, error) -> count(response, dueAt));
  }

  private void count(@Nullable HttpResponse<Void> response, long dueAt) {
    if (response == null) {
      tally.unanswered();
    } else {
      tally.answered(Answer.of(response), System.nanoTime() - dueAt);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    callbacks.shutdownNow();
  }
}
