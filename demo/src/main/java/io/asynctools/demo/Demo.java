package io.asynctools.demo;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.TimeSource;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Shows what a limiter is for: the same overload on the same fragile upstream, through the same
 * gateway, first without its limiter and then with it. Then what the rest of the stack is for: the
 * same outage, through a gateway that only retries and through one that has them all. And what a
 * limit for each API key is worth while somebody makes up a million of them.
 */
public final class Demo {
  private static final String LIMITS = "limits.properties";
  private static final int SHORTEST = 2; // in which the overload fills the line and more
  private static final int RECOVERY_SECONDS = 3;

  private final PrintStream out;
  private final UpstreamModel model;
  private final int seconds;

  private Demo(PrintStream out, UpstreamModel model, int seconds) {
    this.out = out;
    this.model = model;
    this.seconds = seconds;
  }

  /**
   * Runs the demo.
   *
   * @param args {@code --seconds N}: how long each of the first two phases is, 10 by default; the
   *     outage and the flood are scaled with them; or {@code redis}: the limit that several JVMs
   *     share, in place of all that
   * @throws IOException if a server cannot be started
   * @throws InterruptedException if the thread was interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int code;
    try {
      code = run(System.out, args);
    } catch (LimiterConfigException e) { // says itself what is wrong and what would be right
      System.err.println(e.getMessage());
      code = 2;
    }
    if (code != 0) {
      System.exit(code); // otherwise the JVM ends because nothing is left running
    }
  }

  /** Runs the demo in this JVM; returns 0 if it showed its point, 1 if not, 2 for wrong usage. */
  static int run(PrintStream out, String... args) throws IOException, InterruptedException {
    if (args.length == 1 && args[0].equals("redis")) {
      return RedisDemo.run(out);
    }
    int seconds = 10;
    if (args.length > 0) {
      if (args.length != 2 || !args[0].equals("--seconds") || !args[1].matches("\\d{1,3}")) {
        return usage(out);
      }
      seconds = Integer.parseInt(args[1]);
      if (seconds < SHORTEST) {
        return usage(out);
      }
    }
    Http.configure();
    return new Demo(out, UpstreamModel.FRAGILE, seconds).run() ? 0 : 1;
  }

  private static int usage(PrintStream out) {
    out.println("usage: demo [--seconds N]   (the length of a phase, " + SHORTEST + " to 999)");
    out.println("       demo redis           (three gateways share a limit; Redis is killed)");
    return 2;
  }

  private boolean run() throws IOException, InterruptedException {
    Verdict overload = overload();
    Verdict outage = outage();
    Verdict flood = flood();
    heading("Verdict");
    out.println(Table.wrap(overload.sentence()));
    out.println(Table.wrap(outage.sentence()));
    out.println(Table.wrap(flood.sentence()));
    return overload.shown() && outage.shown() && flood.shown();
  }

  private Verdict overload() throws IOException, InterruptedException {
    LoadProfile overload =
        LoadProfile.overload(Duration.ofSeconds(seconds), model.capacityPerSecond());
    try (Limits limits = Limits.load(LIMITS);
        Upstream upstream = new Upstream(model);
        Gateway open = new Gateway(Route.unlimited(), upstream.uri());
        Gateway limited =
            new Gateway(Stack.of(limits, TimeSource.system()).route(), upstream.uri())) {
      introduce(overload, limits);

      heading("Warm-up: half of what the upstream can do, no limiter");
      Duration warmUp = Duration.ofSeconds(Math.max(1, Math.min(3, seconds / 3)));
      play(new Phase(LoadProfile.easy(warmUp, model.capacityPerSecond()), 0), open);

      heading("WITHOUT the limiter, then a rest for the upstream to recover");
      Phase.Outcome without = play(new Phase(overload, RECOVERY_SECONDS), open);

      heading("WITH the limiter");
      Phase.Outcome with = play(new Phase(overload, 0), limited);

      heading("Summary");
      out.println(Table.summary(without, with));
      return Verdict.of(without, with);
    }
  }

  /** With limits of its own, so that no call from before brings a retry or counts as good. */
  private Verdict outage() throws IOException, InterruptedException {
    try (Limits limits = Limits.load(LIMITS);
        Upstream behindPlain = new Upstream(model);
        Upstream behindStack = new Upstream(model)) {
      Stack stack = Stack.of(limits, TimeSource.system());
      try (Gateway plain =
              new Gateway(Route.limited(limits, Stack.PLAIN_RETRY), behindPlain.uri());
          Gateway stacked = new Gateway(stack.route(), behindStack.uri())) {
        heading("An OUTAGE, with plain retries and with the whole stack");
        introduceOutage(limits);
        Outage outage = Outage.scaled(seconds);
        out.println(OutageTable.header());
        OutageOutcome outcome =
            new OutagePhase(outage, model.capacityPerSecond())
                .run(
                    new OutagePhase.Side(plain, behindPlain),
                    new OutagePhase.Side(stacked, behindStack),
                    stack.watch(),
                    printing(outage));

        heading("Summary of the outage");
        out.println(OutageTable.summary(outcome));
        return OutageVerdict.of(outcome, Budget.of(limits, Stack.RETRY));
      }
    }
  }

  private OutagePhase.Listener printing(Outage outage) {
    return new OutagePhase.Listener() {
      @Override
      public void becomes(Health health) {
        out.println(OutageTable.health(health));
      }

      @Override
      public void ends(OutageOutcome.Second second, long startNanos) {
        second.changes().forEach(change -> out.println(OutageTable.change(change, startNanos)));
        out.println(OutageTable.row(second, outage));
      }
    };
  }

  /** The whole stack again, with a limit for each API key before it. */
  private Verdict flood() throws IOException, InterruptedException {
    try (Limits limits = Limits.load(LIMITS);
        Upstream upstream = new Upstream(model)) {
      Tenants tenants = Tenants.of(limits);
      Route route = Stack.of(limits, TimeSource.system()).route().perClient(tenants.limit());
      try (Gateway gateway = new Gateway(route, upstream.uri())) {
        heading("A FLOOD of keys, beside a few well-behaved tenants");
        introduceFlood(limits);
        Flood flood = Flood.scaled(seconds);
        out.println(FloodTable.header());
        FloodOutcome outcome = new FloodPhase(flood).run(gateway, tenants, printing(flood));

        heading("Summary of the flood");
        out.println(FloodTable.summary(outcome));
        return FloodVerdict.of(outcome, tenants.maxKeys());
      }
    }
  }

  private Consumer<FloodOutcome.Second> printing(Flood flood) {
    return second -> {
      out.println(FloodTable.row(second, flood));
      FloodTable.after(second.number(), flood).ifPresent(out::println);
    };
  }

  private Phase.Outcome play(Phase phase, Gateway gateway) throws InterruptedException {
    out.println(Table.header());
    return phase.run(gateway, second -> out.println(Table.row(second)));
  }

  private void heading(String text) {
    out.println();
    out.println(text);
  }

  private void introduce(LoadProfile load, Limits limits) {
    out.println(
        Table.wrap(
            String.format(
                Locale.ROOT,
                "Upstream: %d workers, %d ms a request, so %.0f requests a second at best; as its"
                    + " line of at most %d grows it slows down, to %.0f a second, and answers 503"
                    + " when the line is full.",
                model.workers(),
                model.serviceTime().toMillis(),
                model.capacityPerSecond(),
                model.longestLine(),
                model.collapsedPerSecond())));
    out.println(
        Table.wrap(
            String.format(
                Locale.ROOT,
                "Load: an open loop, a ramp from %.0f to %.0f requests a second and a burst of"
                    + " %.0f.",
                load.from(),
                load.plateau(),
                load.burst())));
    out.println(
        Table.wrap(
            "Limiter (limits.properties): "
                + limits.text(Stack.LIMIT, "type")
                + ", rate "
                + limits.text(Stack.LIMIT, "rate")
                + ", capacity "
                + limits.text(Stack.LIMIT, "capacity")
                + ", max-wait "
                + limits.text(Stack.LIMIT, "max-wait")
                + "; in a stack with retry, breaker and semaphore."));
  }

  private void introduceOutage(Limits limits) {
    out.println(
        Table.wrap(
            String.format(
                Locale.ROOT,
                "Load: %.0f requests a second for each of two gateways, whose upstreams fall ill"
                    + " together. Both make up to %s attempts of %s each; the stack has a breaker,"
                    + " which opens for %s when a share of %s of the calls fails, and a budget of"
                    + " %s retries a call and %s besides.",
                model.capacityPerSecond() / 2,
                limits.text(Stack.RETRY, "max-attempts"),
                limits.text(Stack.RETRY, "attempt-timeout"),
                limits.text(Stack.BREAKER, "timeout"),
                limits.text(Stack.BREAKER, "failure-rate-threshold"),
                limits.text(Stack.RETRY, "budget-share"),
                limits.text(Stack.RETRY, "budget-floor"))));
  }

  private void introduceFlood(Limits limits) {
    out.println(
        Table.wrap(
            String.format(
                Locale.ROOT,
                "Load: %d tenants, %d requests a second each, over HTTP; beside them up to %s random"
                    + " keys a second. Limit for each key: %s, rate %s, capacity %s; keys are"
                    + " forgotten %s after their last use, and at most %s are held.",
                FloodPhase.TENANTS.size(),
                FloodPhase.REQUESTS_PER_SECOND,
                Table.number(Flood.KEYS_PER_SECOND),
                limits.text(Tenants.NAME, "limiter"),
                limits.text(Tenants.NAME, "limiter.rate"),
                limits.text(Tenants.NAME, "limiter.capacity"),
                limits.text(Tenants.NAME, "max-idle"),
                limits.text(Tenants.NAME, "max-keys"))));
  }
}
