package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.spi.MessageText;
import io.lettuce.core.RedisException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a mistake, which waiting does not mend and which callers must hear of, from an outage,
 * which the failure mode answers.
 */
final class Diagnosis {
  private static final int MAX_LENGTH = 300;
  private static final int MAX_KEY_LENGTH = 100;
  // Others' messages may be the user's own: those of a provider of credentials, say.
  private static final Pattern QUOTED =
      Pattern.compile(
          "io\\.lettuce\\.|io\\.netty\\.|io\\.asynctools\\.|java\\.(net|io|nio|security)\\."
              + "|javax\\.net\\.|sun\\.(security|net|nio)\\.|java\\.util\\.concurrent\\.Timeout");
  private static final Pattern ARGUMENTS =
      Pattern.compile(",? *with args beginning with.*", Pattern.DOTALL);
  private static final Pattern USER_INFO = Pattern.compile("//[^/\\s]*@");

  private Diagnosis() {}

  /**
   * What is wrong with the configuration.
   *
   * @param error what came in place of an answer
   * @param key the key that was asked for; null if it was the connection that failed
   * @param hasWorked whether the same configuration has worked before: then a password that is
   *     refused, an unknown host and the like are an outage
   * @return null if nothing is known to be wrong: an outage
   */
  static @Nullable LimiterConfigException mistake(
      Throwable error, @Nullable String key, boolean hasWorked) {
    for (Throwable e : everythingTold(error)) {
      String advice = adviceOn(e, key, hasWorked);
      if (advice != null) {
        return new LimiterConfigException(advice, shown(error));
      }
    }
    return null;
  }

  private static @Nullable String adviceOn(Throwable e, @Nullable String key, boolean hasWorked) {
    if (e instanceof LimiterConfigException) {
      return e.getMessage();
    }
    boolean isWrapper = e.getCause() != null && !isQuoted(e); // and repeats what its cause says
    String message = isWrapper ? "" : String.valueOf(e.getMessage());
    String said = said(e);
    if (!hasWorked) {
      String advice = key == null ? adviceOnConnecting(e, message, said) : null;
      advice = advice == null ? adviceOnLogin(message, said) : advice;
      if (advice != null) {
        return advice;
      }
    }
    return adviceOn(message, said, key);
  }

  /** Whether a mistake is about the key that was asked for, and others may do. */
  static boolean concernsOneKey(LimiterConfigException mistake) {
    String why = describe(mistake.getCause());
    return why.contains("NOPERM") || why.contains("WRONGTYPE") || why.contains("FOREIGN");
  }

  private static boolean isQuoted(Throwable e) {
    return QUOTED.matcher(e.getClass().getName()).lookingAt();
  }

  /** What a server or a client said, without what may hold a credential. */
  private static String said(Throwable e) {
    String message = e.getMessage();
    if (message == null || !isQuoted(e)) {
      return e.getCause() == null ? e.getClass().getSimpleName() : "";
    }
    // an unknown command is quoted with its arguments, which may be those of AUTH; a URI with its
    // user
    String shown = ARGUMENTS.matcher(USER_INFO.matcher(message).replaceAll("//")).replaceFirst("");
    return MessageText.escape(shown, MAX_LENGTH);
  }

  /**
   * Returns an error as callers and logs may see it: its kind and what it says, without credentials
   * and without causes, which may quote some.
   */
  static Throwable shown(Throwable error) {
    if (error instanceof TimeoutException || error instanceof LimiterConfigException) {
      return error; // our own
    }
    return new RedisException(describe(error));
  }

  /** Returns what an error and its causes say, each thing once, without credentials. */
  static String describe(@Nullable Throwable error) {
    if (error == null) {
      return "cause unknown";
    }
    StringBuilder all = new StringBuilder();
    for (Throwable e : everythingTold(error)) {
      String said = said(e);
      if (all.indexOf(said) < 0 && all.length() < MAX_LENGTH) {
        all.append(all.isEmpty() ? "" : ": ").append(said);
      }
    }
    return all.toString();
  }

  /** Whether a server has said that it is a replica: the address belongs to another by now. */
  static boolean isReplica(@Nullable String said) {
    return said != null && (said.contains("READONLY") || said.startsWith("MASTERDOWN"));
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

  private static @Nullable String adviceOnConnecting(Throwable e, String message, String said) {
    if (e instanceof UnknownHostException) {
      return "redis.uri names a host that is not known: " + said + "; correct its name";
    }
    if (message.contains("using sentinel for masterId")) {
      return "redis.uri names a master that the Sentinels do not know ("
          + said
          + "); correct the part after '#', as in redis-sentinel://host:26379#master";
    }
    if (e.getClass().getName().endsWith(".NotSslRecordException")) { // of Netty
      return "redis.uri asks for TLS, but the server does not speak it; begin with redis://, or"
          + " give the server's TLS port";
    }
    if (e instanceof CertificateException
        || e instanceof CertPathValidatorException
        || e instanceof CertPathBuilderException
        || e instanceof SSLPeerUnverifiedException) {
      return "redis.uri asks for TLS, but the server's certificate is not trusted ("
          + said
          + "); give its authority in redis.trust-store, and the host by the name that the"
          + " certificate has";
    }
    if (message.contains("fatal alert") && e instanceof SSLException) {
      return "the server ended the TLS handshake ("
          + said
          + "); if it asks for a client certificate, give one in redis.key-store that it trusts";
    }
    return null;
  }

  private static @Nullable String adviceOnLogin(String message, String said) {
    if (message.contains("WRONGPASS") || message.contains("invalid password")) {
      return "redis.uri has a user or password that Redis refuses ("
          + said
          + "); correct it, as in redis://user:password@host:6379";
    }
    if (message.contains("NOAUTH")) {
      return "redis.uri has no password, and Redis wants one ("
          + said
          + "); add it, as in redis://user:password@host:6379";
    }
    if (message.contains("without any password configured")
        || message.contains("no password is set")) {
      return "redis.uri has a password, and Redis has none (" + said + "); leave it out";
    }
    return null;
  }

  private static @Nullable String adviceOn(String message, String said, @Nullable String key) {
    if (message.contains("NOPERM")
        || message.contains("The user executing the script can't")) { // Redis 6.2, inside a script
      return "redis.uri names a user who may not do what is needed ("
          + said
          + "); allow it EVALSHA, EVAL, TIME, GET and SET on the keys of key-prefix";
    }
    if (message.contains("cluster support disabled")) {
      return "cluster is true, but redis.uri names no node of a Cluster (" + said + ")";
    }
    if (message.startsWith("MOVED ") || message.startsWith("ASK ")) {
      return "cluster is false, but redis.uri names a node of a Cluster (" + said + ")";
    }
    if (message.contains("unknown command") || message.contains("Unknown Redis command")) {
      return "redis.uri names a server without scripts ("
          + said
          + "); it has to know EVALSHA and EVAL, TIME, GET and SET";
    }
    if (message.contains("syntax error") || message.contains("non deterministic")) {
      return "redis.uri names a server that is too old ("
          + said
          + "); Redis 6.2 or later is needed";
    }
    if (message.contains("WRONGTYPE") || message.contains("FOREIGN")) {
      return "key-prefix leads to a key that is not ours: '"
          + (key == null ? "?" : MessageText.escape(key, MAX_KEY_LENGTH))
          + "' in Redis holds something else than a token bucket, and is left alone; delete it or"
          + " choose another key-prefix";
    }
    return null;
  }
}
