package io.asynctools.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/**
 * Shows what a limit in Redis is for, and what becomes of it without Redis: three gateways, each a
 * JVM of its own, share one. Redis is killed under their load, and started again.
 */
final class RedisDemo {
  private final PrintStream out;
  private final Map<String, String> properties;

  private RedisDemo(PrintStream out, Map<String, String> properties) {
    this.out = out;
    this.properties = properties;
  }

  /** Runs it; returns 0 if it showed its point, 1 if not. */
  static int run(PrintStream out) throws IOException, InterruptedException {
    return new RedisDemo(out, Limits.read(SharedGateway.LIMITS)).run() ? 0 : 1;
  }

  private boolean run() throws IOException, InterruptedException {
    SharedBound bound = SharedBound.of(properties);
    SharedPhase phase = SharedPhase.USUAL;
    introduce(phase);
    out.println(SharedTable.header());
    SharedOutcome outcome = phase.run(printing(bound));
    Verdict verdict = SharedVerdict.of(outcome, bound);
    out.println();
    out.println("Verdict");
    out.println(Table.wrap(verdict.sentence()));
    return verdict.shown();
  }

  private SharedPhase.Listener printing(SharedBound bound) {
    return new SharedPhase.Listener() {
      @Override
      public void killed() {
        out.println(SharedTable.killed());
      }

      @Override
      public void back() {
        out.println(SharedTable.back());
      }

      @Override
      public void logged(SharedOutcome.Logged logged, long start) {
        out.println(SharedTable.logged(logged, start));
      }

      @Override
      public void ends(int second, SharedOutcome soFar, long refused) {
        out.println(SharedTable.row(second, soFar, bound, refused));
      }
    };
  }

  private void introduce(SharedPhase phase) {
    out.println(
        Table.wrap(
            String.format(
                Locale.ROOT,
                "Three gateways, a JVM each, share one limit in Redis (shared.properties): rate %s,"
                    + " capacity %s; without Redis each has %s of it. Their clients ask for %s, %s"
                    + " and %s a second. Redis is killed after %d s, and started again %d s later.",
                text("rate"),
                text("capacity"),
                text("local-share"),
                SharedPhase.REQUESTS_PER_SECOND.get(0),
                SharedPhase.REQUESTS_PER_SECOND.get(1),
                SharedPhase.REQUESTS_PER_SECOND.get(2),
                phase.before(),
                phase.away())));
    out.println();
  }

  private String text(String option) {
    return properties.getOrDefault(SharedGateway.NAME + "." + option, "default");
  }
}
