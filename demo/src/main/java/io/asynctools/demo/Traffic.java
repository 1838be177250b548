package io.asynctools.demo;

import java.util.List;

/** A load on a gateway, and what comes of it, second by second. Not thread-safe. */
final class Traffic implements AutoCloseable {
  private final Gateway gateway;
  private final Tally tally = new Tally();
  private final LoadGenerator load;
  private long admittedBefore;
  private long retriesBefore;

  /** Starts the load, of clients without an API key. */
  Traffic(LoadProfile profile, Gateway gateway) {
    this(profile, gateway, List.of());
  }

  /** Starts the load, of the clients with these API keys. */
  Traffic(LoadProfile profile, Gateway gateway, List<String> apiKeys) {
    this.gateway = gateway;
    this.admittedBefore = gateway.admitted();
    this.retriesBefore = gateway.retries();
    this.load = new LoadGenerator(profile, gateway.uri(), apiKeys, tally);
  }

  /** What happened since the last call. */
  SecondStats endSecond() {
    long retries = gateway.retries(); // first, so that they are never more than the calls
    long admitted = gateway.admitted();
    SecondStats second = tally.endSecond(admitted - admittedBefore, retries - retriesBefore);
    admittedBefore = admitted;
    retriesBefore = retries;
    return second;
  }

  /** Whether all was sent and all was answered. */
  boolean isDone() {
    return load.isDone();
  }

  @Override
  public void close() {
    load.close();
  }
}
