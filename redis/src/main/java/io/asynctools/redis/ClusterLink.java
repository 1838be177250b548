package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.Failures;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to each master of a Redis Cluster, each a {@link Link} of its own: what happens to
 * one master is no matter for the keys of another. Which master has which slot is asked when
 * nothing is known yet, and again, at most once a second, when a master is out of reach or says
 * that a slot has moved. All nodes that may answer are asked at once and the first answer counts,
 * so that one that hangs delays nothing.
 */
final class ClusterLink implements Scripts, Pipe.Redirects {
  private static final long REFRESH_PAUSE = 1_000_000_000L;
  private static final int MAX_REDIRECTS = 5;

  private final List<Node> seeds;
  private final Function<Node, Connector> connectors;
  private final Supplier<CompletableFuture<?>> shutdown;
  private final TimeSource time;
  private final long pause;

  private volatile @Nullable Topology topology; // written under lock

  // Guarded by this.
  private final Map<Node, Link> links = new LinkedHashMap<>();
  private List<ScriptCall> waiting = new ArrayList<>();
  private List<CompletableFuture<@Nullable Void>> asking = new ArrayList<>();
  private boolean refreshing;
  private int refresh; // the number of the last
  private long refreshedAt; // when the last began
  private @Nullable Throwable failure; // of the last, while nothing is known
  private long failedAt;
  private boolean closed;
  private volatile boolean isStarting; // as in Link
  private volatile long startsUntil;

  /** A server's address. */
  record Node(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }

    /** Reads {@code host:port}; a server that names no host means its own. */
    static @Nullable Node parse(String address, Node from) {
      int colon = address.lastIndexOf(':');
      try {
        String host = colon <= 0 ? from.host : address.substring(0, colon);
        return new Node(host, Integer.parseInt(address.substring(colon + 1)));
      } catch (NumberFormatException e) {
        return null;
      }
    }
  }

  /** Which master has which slot. */
  private static final class Topology {
    final @Nullable Node[] masters = new Node[SlotHash.SLOT_COUNT];
    final String[] names = new String[SlotHash.SLOT_COUNT]; // empty where nobody has the slot

    Topology() {
      Arrays.fill(names, "");
    }

    void set(int slot, Node master) {
      masters[slot] = master;
      names[slot] = master.toString();
    }
  }

  /**
   * @param seeds where to ask first which nodes there are
   * @param connectors gives what connects to a node; closing that does nothing
   * @param shutdown ends the client's threads
   * @param pause how long after an attempt that failed no other is made, in nanoseconds
   */
  ClusterLink(
      List<Node> seeds,
      Function<Node, Connector> connectors,
      Supplier<CompletableFuture<?>> shutdown,
      TimeSource time,
      long pause) {
    this.seeds = seeds;
    this.connectors = connectors;
    this.shutdown = shutdown;
    this.time = time;
    this.pause = pause;
  }

  @Override
  public int slotOf(String key) {
    return SlotHash.getSlot(key);
  }

  @Override
  public String nodeOf(int slot) {
    Topology known = topology;
    return known == null ? "" : known.names[slot];
  }

  @Override
  public void send(ScriptCall call) {
    Topology known = topology;
    if (known == null) {
      sendLater(call);
      return;
    }
    int slot = slotOf(call.key);
    Node master = known.masters[slot];
    Link link = master == null ? null : link(master);
    if (link == null || !link.isUp()) {
      refresh();
    }
    if (link == null) {
      call.fail(new RedisException("no node of the Cluster serves slot " + slot));
    } else {
      link.send(call);
    }
  }

  /** Nothing is known of the Cluster yet. */
  private void sendLater(ScriptCall call) {
    Throwable refused;
    boolean isKnown;
    synchronized (this) {
      refused = whyNot();
      isKnown = topology != null;
      if (refused == null && !isKnown) {
        refused = failure instanceof LimiterConfigException ? failure : null;
        if (refused == null) {
          waiting.removeIf(ScriptCall::isOver);
          waiting.add(call);
        }
      }
    }
    if (isKnown) {
      send(call);
      return;
    }
    refresh(); // also after a mistake, which stands until an attempt succeeds
    if (refused != null) {
      call.fail(refused);
    }
  }

  private @Nullable Throwable whyNot() {
    if (closed) {
      return new RedisException("the limiter is closed");
    }
    boolean isRecent = !refreshing && time.nanoTime() - failedAt < pause;
    return topology == null && isRecent ? failure : null;
  }

  /** The link to a node; null once this is closed. */
  private @Nullable Link link(Node node) {
    synchronized (this) {
      return closed ? null : links.computeIfAbsent(node, this::newLink);
    }
  }

  private Link newLink(Node node) {
    return new Link(connectors.apply(node), time, pause, this);
  }

  // ---- Which master has which slot

  /** Asks which nodes there are, unless that was done a moment ago or is being done. */
  private void refresh() {
    int number;
    List<Map.Entry<Node, Link>> asked = new ArrayList<>();
    synchronized (this) {
      long now = time.nanoTime();
      long since = now - refreshedAt;
      boolean isTooSoon =
          topology == null ? refreshing && since < 2 * pause : since < REFRESH_PAUSE;
      if (closed || (refresh > 0 && isTooSoon)) {
        return;
      }
      if (refresh == 0) {
        startsUntil = now + 4 * pause;
        isStarting = true;
      }
      refreshing = true;
      refreshedAt = now;
      number = ++refresh;
      links.entrySet().stream().filter(each -> each.getValue().isUp()).forEach(asked::add);
      if (asked.isEmpty() || topology == null) { // whatever may be there
        asked.clear();
        seeds.forEach(seed -> links.computeIfAbsent(seed, this::newLink));
        asked.addAll(links.entrySet());
      }
    }
    AtomicInteger open = new AtomicInteger(asked.size());
    for (Map.Entry<Node, Link> each : asked) {
      CompletableFuture<?> unused =
          each.getValue()
              .connection()
              .thenCompose(ClusterLink::slots)
              .thenAccept(slots -> learned(parsed(slots, each.getKey())))
              .whenComplete(
                  (done, error) -> {
                    if (open.decrementAndGet() == 0) {
                      ended(number, error == null ? null : Failures.unwrap(error));
                    }
                  });
    }
  }

  private static CompletableFuture<List<Object>> slots(
      StatefulConnection<String, String> connection) {
    AsyncCommand<String, String, List<Object>> command =
        new AsyncCommand<>(
            new Command<>(
                CommandType.CLUSTER,
                new ArrayOutput<>(StringCodec.UTF8),
                new CommandArgs<>(StringCodec.UTF8).add("SLOTS")));
    connection.dispatch(command);
    return command.toCompletableFuture();
  }

  /** Reads {@code [[first, last, [host, port, …], replica…], …]}. */
  private static Topology parsed(List<Object> ranges, Node from) {
    Topology read = new Topology();
    int count = 0;
    for (Object each : ranges) {
      if (each instanceof List<?> range
          && range.size() >= 3
          && range.get(0) instanceof Long first
          && range.get(1) instanceof Long last
          && range.get(2) instanceof List<?> address
          && address.size() >= 2
          && address.get(1) instanceof Long port) {
        String host = address.get(0) instanceof String text && !text.isEmpty() ? text : from.host;
        Node master = host.equals("?") ? from : new Node(host, (int) (long) port);
        for (long slot = first; slot <= last && slot < SlotHash.SLOT_COUNT; slot++) {
          read.set((int) slot, master);
          count++;
        }
      }
    }
    if (count == 0) {
      throw new RedisException("a node that belongs to no Cluster yet: it knows no slots");
    }
    return read;
  }

  /** A node has said which master has which slot; the first to say so is believed. */
  private void learned(Topology read) {
    List<ScriptCall> calls;
    List<Link> gone = new ArrayList<>();
    List<Link> masters = new ArrayList<>();
    List<CompletableFuture<@Nullable Void>> asked;
    boolean wasUnknown;
    synchronized (this) {
      if (!refreshing || closed) {
        return;
      }
      refreshing = false;
      failure = null;
      wasUnknown = topology == null;
      topology = read;
      Set<Node> known = new LinkedHashSet<>();
      for (Node master : read.masters) {
        if (master != null && known.add(master)) {
          masters.add(links.computeIfAbsent(master, this::newLink));
        }
      }
      links
          .entrySet()
          .removeIf(each -> !known.contains(each.getKey()) && gone.add(each.getValue()));
      calls = waiting;
      waiting = new ArrayList<>();
      asked = asking;
      asking = new ArrayList<>();
    }
    for (Link link : gone) {
      CompletableFuture<?> unused = link.close();
    }
    calls.forEach(this::send);
    List<CompletableFuture<@Nullable Throwable>> opened =
        masters.stream()
            .map(link -> link.attempt().handle((warm, error) -> mistake(error)))
            .toList();
    CompletableFuture<?> unused =
        CompletableFuture.allOf(opened.toArray(CompletableFuture<?>[]::new))
            .whenComplete(
                (done, error) -> {
                  if (wasUnknown) {
                    startsUntil = time.nanoTime() + 4 * pause;
                  }
                  answer(asked, opened);
                });
  }

  private static @Nullable Throwable mistake(@Nullable Throwable error) {
    Throwable real = error == null ? null : Failures.unwrap(error);
    return real instanceof LimiterConfigException ? real : null;
  }

  /** A master that is out of reach is no matter; one that may not be asked is. */
  private static void answer(
      List<CompletableFuture<@Nullable Void>> asked,
      List<CompletableFuture<@Nullable Throwable>> opened) {
    for (CompletableFuture<@Nullable Void> each : asked) {
      for (CompletableFuture<@Nullable Throwable> one : opened) {
        Throwable mistake = one.join();
        if (mistake != null) {
          each.completeExceptionally(mistake);
        }
      }
      each.complete(null);
    }
  }

  /** All have answered or failed. */
  private void ended(int number, @Nullable Throwable error) {
    List<ScriptCall> calls;
    List<CompletableFuture<@Nullable Void>> asked;
    Throwable told;
    synchronized (this) {
      if (number != refresh || !refreshing) {
        return;
      }
      refreshing = false;
      isStarting = false;
      if (topology != null) {
        return; // what was known before is as good as any
      }
      Throwable last = error == null ? new RedisException("no node answers") : error;
      LimiterConfigException mistake = Diagnosis.mistake(last, null, false);
      told = mistake == null ? last : mistake;
      failure = told;
      failedAt = time.nanoTime();
      calls = waiting;
      waiting = new ArrayList<>();
      asked = asking;
      asking = new ArrayList<>();
    }
    calls.forEach(call -> call.fail(told));
    asked.forEach(each -> each.completeExceptionally(told));
  }

  @Override
  public long startingNanos(long now) {
    if (!isStarting) {
      return 0;
    }
    long left = startsUntil - now;
    if (left <= 0) {
      isStarting = false;
    }
    return Math.max(left, 0);
  }

  // ---- What a node says of another

  @Override
  public boolean redirect(ScriptCall call, String error) {
    boolean moved = error.startsWith("MOVED ");
    if (!moved && !error.startsWith("ASK ")) {
      if (error.startsWith("CLUSTERDOWN")) {
        refresh();
      }
      return false;
    }
    String[] words = error.split(" ", -1);
    int slot = slotOf(call.key);
    Topology known = topology;
    Node from = known == null ? null : known.masters[slot];
    Node to = words.length < 3 ? null : Node.parse(words[2], from == null ? seeds.get(0) : from);
    Link link = to == null || call.redirected() > MAX_REDIRECTS ? null : link(to);
    if (to == null || link == null) {
      return false;
    }
    if (moved) {
      if (known != null) {
        known.set(slot, to);
      }
      refresh();
      link.send(call);
    } else {
      link.sendAsking(call);
    }
    return true;
  }

  /** A node gives no answers: its connection is let go, the others' stay. */
  @Override
  public void doubt(String node) {
    Link doubted = null;
    synchronized (this) {
      for (Map.Entry<Node, Link> each : links.entrySet()) {
        if (each.getKey().toString().equals(node)) {
          doubted = each.getValue();
        }
      }
    }
    if (doubted != null) {
      doubted.doubt(node);
    }
    refresh();
  }

  /** Asks which nodes there are, and connects to all masters that can be reached. */
  @Override
  public CompletableFuture<?> attempt() {
    CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();
    Throwable refused;
    boolean isKnown;
    synchronized (this) {
      refused = whyNot();
      isKnown = topology != null;
      if (refused == null && !isKnown) {
        asking.add(outcome);
      }
    }
    if (refused != null) {
      outcome.completeExceptionally(refused);
    } else if (isKnown) {
      outcome.complete(null);
    } else {
      refresh();
    }
    return outcome;
  }

  @Override
  public CompletableFuture<?> close() {
    Collection<Link> all;
    List<ScriptCall> calls;
    List<CompletableFuture<@Nullable Void>> asked;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(links.values());
      links.clear();
      calls = waiting;
      waiting = new ArrayList<>();
      asked = asking;
      asking = new ArrayList<>();
    }
    RedisException error = new RedisException("the limiter is closed");
    calls.forEach(call -> call.fail(error));
    asked.forEach(each -> each.completeExceptionally(error));
    return CompletableFuture.allOf(
            all.stream().map(Link::close).toArray(CompletableFuture<?>[]::new))
        .handle((done, unused) -> null)
        .thenCompose(unused -> shutdown.get());
  }
}
