package io.asynctools.redis;

import io.lettuce.core.RedisException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A connection that all limiters with equal settings have in common. The first makes it, and the
 * last to be closed closes it.
 */
final class SharedLink implements Scripts {
  private static final Map<Client.Settings, SharedLink.Origin> ORIGINS = new HashMap<>();

  private final Client.Settings settings;
  private final Origin origin;
  private volatile boolean closed;

  /** The one link of several. */
  private static final class Origin {
    final Scripts link;
    int users; // guarded by ORIGINS

    Origin(Scripts link) {
      this.link = link;
    }
  }

  private SharedLink(Client.Settings settings, Origin origin) {
    this.settings = settings;
    this.origin = origin;
  }

  /**
   * Returns a link for one more limiter.
   *
   * @param maker makes one where there is none yet
   */
  static SharedLink of(Client.Settings settings, Function<Client.Settings, Scripts> maker) {
    synchronized (ORIGINS) {
      Origin origin = ORIGINS.get(settings);
      if (origin == null) {
        origin = new Origin(maker.apply(settings));
        ORIGINS.put(settings, origin);
      }
      origin.users++;
      return new SharedLink(settings, origin);
    }
  }

  @Override
  public void send(ScriptCall call) {
    if (closed) {
      call.fail(new RedisException("the limiter is closed"));
    } else {
      origin.link.send(call);
    }
  }

  @Override
  public int slotOf(String key) {
    return origin.link.slotOf(key);
  }

  @Override
  public String nodeOf(int slot) {
    return origin.link.nodeOf(slot);
  }

  @Override
  public void doubt(String node) {
    origin.link.doubt(node);
  }

  @Override
  public CompletableFuture<?> attempt() {
    return closed
        ? CompletableFuture.failedFuture(new RedisException("the limiter is closed"))
        : origin.link.attempt();
  }

  @Override
  public long startingNanos(long now) {
    return origin.link.startingNanos(now);
  }

  /** What it gives is complete once the connection is gone, or at once if others use it. */
  @Override
  public CompletableFuture<?> close() {
    synchronized (ORIGINS) {
      if (!closed) {
        closed = true;
        if (--origin.users == 0) {
          ORIGINS.remove(settings);
        }
      }
      if (origin.users > 0) {
        return CompletableFuture.completedFuture(null);
      }
    }
    return origin.link.close(); // closing again gives the same
  }
}
