package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a mistake, which waiting does not mend and which callers must hear of, from an outage,
 * which the failure mode answers.
 */
final class Diagnosis {
  private Diagnosis() {}

  /**
   * What is wrong with the configuration.
   *
   * @param error what came in place of an answer
   * @param key the key that was asked for; null if it was the connection that failed
   * @return null if nothing is known to be wrong: an outage
   */
  static @Nullable LimiterConfigException mistake(Throwable error, @Nullable String key) {
    for (Throwable e : everythingTold(error)) {
      String advice =
          e instanceof LimiterConfigException
              ? e.getMessage()
              : e instanceof UnknownHostException && key == null
                  ? "redis.uri names a host that is not known: "
                      + e.getMessage()
                      + "; correct its name"
                  : e.getMessage() == null ? null : adviceOn(e.getMessage(), key);
      if (advice != null) {
        return new LimiterConfigException(advice, error);
      }
    }
    return null;
  }

  /**
   * Whether Redis may have said what is wrong, but Lettuce has not heard it: a refused password,
   * say, after which the connection is closed, before Lettuce looks for its own handler, or while
   * it is still being told. There is no other trace of that; a server that goes down in the
   * handshake leaves the same.
   */
  static boolean isMissed(Throwable error) {
    return everythingTold(error).stream()
        .anyMatch(
            e ->
                "RedisHandshakeHandler not registered".equals(e.getMessage())
                    || "Connection closed prematurely".equals(e.getMessage()));
  }

  /** An error, what it suppressed (of the nodes of a Cluster, say), and what caused it. */
  private static Set<Throwable> everythingTold(Throwable error) {
    Set<Throwable> told = new LinkedHashSet<>();
    gather(error, told);
    return told;
  }

  private static void gather(@Nullable Throwable error, Set<Throwable> told) {
    for (Throwable e = error; e != null && told.add(e); e = e.getCause()) {
      for (Throwable other : e.getSuppressed()) {
        gather(other, told);
      }
    }
  }

  private static @Nullable String adviceOn(String said, @Nullable String key) {
    if (said.contains("WRONGPASS") || said.contains("invalid password")) {
      return "redis.uri has a user or password that Redis refuses ("
          + said
          + "); correct it, as in redis://user:password@host:6379";
    }
    if (said.contains("NOAUTH")
        || said.contains("without any password configured")
        || said.contains("no password is set")) {
      return said.contains("NOAUTH")
          ? "redis.uri has no password, and Redis wants one ("
              + said
              + "); add it, as in redis://user:password@host:6379"
          : "redis.uri has a password, and Redis has none (" + said + "); leave it out";
    }
    if (said.contains("NOPERM")
        || said.contains("The user executing the script can't")) { // Redis 6.2, inside a script
      return "redis.uri names a user who may not do what is needed ("
          + said
          + "); allow it EVALSHA, EVAL, TIME, GET and SET on the keys of key-prefix";
    }
    if (said.contains("cluster support disabled")) {
      return "cluster is true, but redis.uri names no node of a Cluster (" + said + ")";
    }
    if (said.startsWith("MOVED ") || said.startsWith("ASK ")) {
      return "cluster is false, but redis.uri names a node of a Cluster (" + said + ")";
    }
    if (said.contains("unknown command") || said.contains("Unknown Redis command")) {
      return "redis.uri names a server without scripts ("
          + said
          + "); it has to know EVALSHA and EVAL, TIME, GET and SET";
    }
    if (said.contains("syntax error") || said.contains("non deterministic")) {
      return "redis.uri names a server that is too old ("
          + said
          + "); Redis 6.2 or later is needed";
    }
    if (said.contains("WRONGTYPE") || said.contains("FOREIGN")) {
      return "key-prefix leads to a key that is not ours: '"
          + key
          + "' in Redis holds something else than a token bucket, and is left alone; delete it or"
          + " choose another key-prefix";
    }
    return null;
  }
}
