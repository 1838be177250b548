package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RateLimitExceededException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * One of the gateways that share a limit, in a JVM of its own, and its clients: an open loop, which
 * sends what is due, at random, whatever comes back. What became of each request it tells the demo,
 * a line each (class {@link GatewayProcess} reads them). It ends when the demo closes its input, or
 * is gone.
 *
 * <p>Usage: {@code SharedGateway REDIS_URI REQUESTS_PER_SECOND}.
 */
final class SharedGateway {
  static final String LIMITS = "shared.properties";
  static final String NAME = "shared";

  /** All ask for the same, so that there is one bucket. */
  private static final String KEY = "upstream";

  private static final int TICK_MILLIS = 2;
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
  private static final Duration LAST_ANSWERS = Duration.ofMillis(500);

  private final AsyncRateLimiter limit;
  private final double perNano;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final StringBuilder told = new StringBuilder(); // guarded by itself
  private final SplittableRandom random = new SplittableRandom(); // the clock's thread alone
  private double due; // of the next request, since the start; likewise

  private SharedGateway(AsyncRateLimiter limit, int requestsPerSecond) {
    this.limit = limit;
    this.perNano = requestsPerSecond / 1e9;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> properties = new TreeMap<>(Limits.read(LIMITS));
    properties.put(NAME + ".redis.uri", args[0]);
    PrintStream out = new PrintStream(System.out, false, UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (Limits limits = new Limits(properties, LimiterEnvironment.system())) {
      SharedGateway gateway =
          new SharedGateway(limits.set().keyed(NAME).forKey(KEY), Integer.parseInt(args[1]));
      gateway.tellWhatIsLogged();
      gateway.connect();
      gateway.tell("ready " + System.nanoTime());
      gateway.flush(out);
      String go = in.readLine();
      if (go != null) {
        gateway.play(Long.parseLong(go), in, out);
      }
    }
    System.exit(0); // whatever is still under way
  }

  /** Asks until Redis has answered, so that the first second is like the others. */
  private void connect() throws InterruptedException {
    long start = System.nanoTime();
    while (request() != Outcome.SHARED && System.nanoTime() - start < LONGEST_CONNECT.toNanos()) {
      MILLISECONDS.sleep(20);
    }
  }

  private void play(long start, BufferedReader in, PrintStream out)
      throws IOException, InterruptedException {
    var load =
        clock.scheduleAtFixedRate(
            () -> {
              while (due < System.nanoTime() - start) {
                due -= Math.log(1 - random.nextDouble()) / perNano; // a Poisson process
                var unused = send();
              }
              flush(out);
            },
            0,
            TICK_MILLIS,
            MILLISECONDS);
    while (in.readLine() != null) {
      // Nothing more is said; the end of it is what counts.
    }
    load.cancel(false);
    MILLISECONDS.sleep(LAST_ANSWERS.toMillis());
    clock.shutdown();
    tell("end");
    flush(out);
  }

  /** What became of a request. */
  private enum Outcome {
    SHARED,
    ALONE,
    REFUSED,
    ERROR
  }

  private Outcome request() {
    return send().join();
  }

  private CompletableFuture<Outcome> send() {
    Thread here = Thread.currentThread();
    long asked = System.nanoTime();
    return limit
        .execute(() -> CompletableFuture.completedFuture(admitted(asked, here)))
        .exceptionally(this::notAdmitted);
  }

  /**
   * What Redis has granted is delivered on a thread of the limiter's; what the gateway has, without
   * asking anybody, on the one that asked for it.
   */
  private Outcome admitted(long asked, Thread asking) {
    boolean alone = Thread.currentThread() == asking;
    tell((alone ? "alone " : "shared ") + asked + " " + System.nanoTime());
    return alone ? Outcome.ALONE : Outcome.SHARED;
  }

  private Outcome notAdmitted(Throwable failure) {
    if (failure instanceof RateLimitExceededException) {
      tell("refused");
      return Outcome.REFUSED;
    }
    tell("error " + failure.toString().lines().findFirst().orElse(""));
    return Outcome.ERROR;
  }

  /** The limiter logs when Redis is gone and when it is back: of more interest than on a screen. */
  private void tellWhatIsLogged() {
    LogManager.getLogManager().reset();
    Logger.getLogger("")
        .addHandler(
            new Handler() {
              private final SimpleFormatter formatter = new SimpleFormatter();

              @Override
              public void publish(LogRecord logged) {
                tell("log " + System.nanoTime() + " " + formatter.formatMessage(logged));
              }

              @Override
              public void flush() {}

              @Override
              public void close() {}
            });
  }

  private void tell(String line) {
    synchronized (told) {
      told.append(line).append('\n');
    }
  }

  private void flush(PrintStream out) {
    synchronized (told) {
      out.append(told);
      told.setLength(0);
    }
    out.flush();
  }
}
