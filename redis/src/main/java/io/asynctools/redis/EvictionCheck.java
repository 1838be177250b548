package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Warns once if Redis may evict buckets: an evicted bucket is full again. Silent if Redis does not
 * say so, since an ACL forbids {@code INFO}, say.
 */
final class EvictionCheck {
  private static final System.Logger LOG = System.getLogger("io.asynctools.redis");
  private static final Pattern POLICY = Pattern.compile("maxmemory_policy:(\\S+)");
  private static final Pattern UNLIMITED = Pattern.compile("maxmemory:0\\s");

  private final AtomicBoolean hasWarned = new AtomicBoolean();

  /** Asks on a new connection; does nothing if there is none. Never throws. */
  void check(@Nullable StatefulConnection<String, String> connection, @Nullable Throwable error) {
    if (connection == null || hasWarned.get()) {
      return;
    }
    try {
      AsyncCommand<String, String, String> info =
          new AsyncCommand<>(
              new Command<>(
                  CommandType.INFO,
                  new StatusOutput<>(StringCodec.UTF8),
                  new CommandArgs<>(StringCodec.UTF8).add("memory")));
      connection.dispatch(info);
      CompletableFuture<?> unused = info.toCompletableFuture().thenAccept(this::read);
    } catch (Throwable e) {
      // The connection has other uses, and they hear of what is wrong with it.
    }
  }

  private void read(@Nullable String info) {
    Matcher policy = POLICY.matcher(info == null ? "" : info);
    if (policy.find()
        && !policy.group(1).equals("noeviction")
        && !UNLIMITED.matcher(String.valueOf(info)).find()
        && hasWarned.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Redis has maxmemory-policy={0}: when its memory is full it evicts buckets, and an"
              + " evicted bucket is full again, so that more is granted than the limit; set"
              + " maxmemory-policy to noeviction",
          policy.group(1));
    }
  }
}
