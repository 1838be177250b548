package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code redis.uri}. Says what is wrong with one that cannot be read, and never shows any
 * part of it: whatever stands in the wrong place may be a password.
 */
final class ServerUri {
  private static final String ACCEPTED =
      "; accepted is redis://[user:password@]host[:port][/database], rediss:// for TLS,"
          + " redis-sentinel://host:26379,host:26379#master for Sentinels";
  private static final Set<String> SENTINEL = Set.of("redis-sentinel", "rediss-sentinel");
  private static final Set<String> SOCKET = Set.of("redis-socket", "redis+socket");
  private static final Set<String> TLS =
      Set.of("rediss", "redis+ssl", "redis+tls", "rediss-sentinel");
  private static final Set<String> PARAMETERS =
      Set.of(
          "timeout",
          "database",
          "db",
          "sentinelmasterid",
          "clientname",
          "libraryname",
          "libraryversion",
          "verifypeer");
  private static final Pattern BLANK = Pattern.compile("[\\s\\p{Cntrl}\\p{Cf}\\p{Z}]");
  private static final Pattern BROKEN_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");
  private static final Pattern HOST =
      Pattern.compile("[\\p{L}\\p{N}_.-]+|\\[[0-9a-fA-F:.]+(%[\\w.-]+)?]");

  private ServerUri() {}

  /** Whether a URI that can be read asks for TLS. */
  static boolean isTls(String uri) {
    return TLS.contains(uri.substring(0, uri.indexOf("://")));
  }

  /**
   * Reads a URI.
   *
   * @param cluster whether it may name several nodes of a Cluster
   * @return the servers: one, or the nodes of a Cluster
   * @throws LimiterConfigException if it cannot be read; says why
   */
  static List<RedisURI> parse(String uri, boolean cluster) {
    String wrong = problem(uri, cluster);
    if (wrong == null) {
      try {
        List<RedisURI> servers =
            cluster
                ? RedisClusterURIUtil.toRedisURIs(URI.create(uri))
                : List.of(RedisURI.create(uri));
        if (!cluster) {
          correctHost(servers.get(0));
        }
        return servers;
      } catch (RuntimeException e) { // which may quote it
        wrong = "cannot be read as a URI";
      }
    }
    throw new LimiterConfigException("redis.uri " + wrong + ACCEPTED);
  }

  /** Lettuce takes the port for a part of a host with an underscore. */
  private static void correctHost(RedisURI server) {
    String host = server.getHost();
    int colon = host == null ? -1 : host.indexOf(':');
    if (host != null && colon > 0 && colon == host.lastIndexOf(':')) {
      server.setPort(Integer.parseInt(host.substring(colon + 1)));
      server.setHost(host.substring(0, colon));
    }
  }

  private static @Nullable String problem(String uri, boolean cluster) {
    if (uri.isBlank()) {
      return "is empty";
    }
    if (BLANK.matcher(uri).find()) {
      return "contains a blank or an invisible character";
    }
    int end = uri.indexOf("://");
    if (end < 0) {
      return "does not begin with a scheme such as redis://";
    }
    String scheme = uri.substring(0, end);
    boolean isSentinel = SENTINEL.contains(scheme);
    boolean isSocket = SOCKET.contains(scheme);
    if (!isSentinel && !isSocket && !scheme.equals("redis") && !TLS.contains(scheme)) {
      return "begins with a scheme that is not known";
    }
    if (cluster && (isSentinel || isSocket)) {
      return "names Sentinels or a socket, and cluster is true: a Cluster has neither; name its"
          + " nodes, or leave cluster out";
    }
    if (BROKEN_PERCENT.matcher(uri).find()) {
      return "has a '%' without two hexadecimal digits after it; a '%' in a user or password is"
          + " written %25";
    }
    String rest = uri.substring(end + 3);
    int at = rest.lastIndexOf('@');
    String user = at < 0 ? "" : rest.substring(0, at);
    if (indexOfAny(user, "/?#") >= 0) {
      return "has a '/', '?' or '#' in front of an '@'; in a user or password they are written"
          + " %2F, %3F and %23, and '@' is written %40";
    }
    String afterUser = rest.substring(at + 1);
    int slash = indexOfAny(afterUser, "/?#");
    String hosts = slash < 0 ? afterUser : afterUser.substring(0, slash);
    String tail = slash < 0 ? "" : afterUser.substring(slash);
    String wrong = isSocket ? problemOfSocket(tail) : problemOfHosts(hosts, cluster, isSentinel);
    return wrong == null ? problemOfTail(tail, cluster, isSentinel, isSocket) : wrong;
  }

  private static @Nullable String problemOfSocket(String tail) {
    return tail.length() < 2 ? "names no socket, as in redis-socket:///run/redis.sock" : null;
  }

  private static @Nullable String problemOfHosts(
      String hosts, boolean cluster, boolean isSentinel) {
    String[] each = hosts.split(",", -1);
    if (each.length > 1 && !cluster && !isSentinel) {
      return "names several servers, which only Sentinels (redis-sentinel://) or nodes of a Cluster"
          + " (cluster=true) may be";
    }
    for (String one : each) {
      int colon = one.lastIndexOf(':');
      boolean hasPort = colon >= 0 && colon > one.lastIndexOf(']');
      String host = hasPort ? one.substring(0, colon) : one;
      if (host.isEmpty()) {
        return "names no host";
      }
      if (hasPort && !isPort(one.substring(colon + 1))) {
        return "has a port that is not a number from 1 to 65535";
      }
      if (!HOST.matcher(host).matches()) {
        return "has a host that cannot be one; an IPv6 address stands in brackets, and ':', '@' and"
            + " '/' in a user or password are written %3A, %40 and %2F";
      }
    }
    return null;
  }

  private static @Nullable String problemOfTail(
      String tail, boolean cluster, boolean isSentinel, boolean isSocket) {
    int hash = tail.indexOf('#');
    String fragment = hash < 0 ? "" : tail.substring(hash + 1);
    String beforeHash = hash < 0 ? tail : tail.substring(0, hash);
    int mark = beforeHash.indexOf('?');
    String query = mark < 0 ? "" : beforeHash.substring(mark + 1);
    String path = mark < 0 ? beforeHash : beforeHash.substring(0, mark);
    if (isSentinel && fragment.isEmpty() && !query.contains("sentinelMasterId=")) {
      return "names no master: its name stands after a '#' at the end";
    }
    if (!isSentinel && hash >= 0) {
      return "has a '#', which only a master's name after redis-sentinel:// may follow";
    }
    String database = path.isEmpty() ? "" : path.substring(1);
    if (!isSocket && !database.isEmpty() && !database.matches("[0-9]{1,6}")) {
      return "has a '/' that no database number follows";
    }
    for (String parameter : query.split("[&;]", -1)) {
      String name = parameter.replaceFirst("=.*", "");
      if (!name.isEmpty() && !PARAMETERS.contains(name.toLowerCase(Locale.ROOT))) {
        return "has a parameter after '?' that is not known; known are timeout, database,"
            + " clientName, libraryName, libraryVersion, verifyPeer, sentinelMasterId";
      }
      if (cluster && (name.equals("database") || name.equals("db"))) {
        database = parameter.replaceFirst("[^=]*=?", "");
      }
    }
    return cluster && !database.isEmpty() && !database.equals("0")
        ? "has a database number, and a Cluster has database 0 only"
        : null;
  }

  private static boolean isPort(String port) {
    return port.matches("[0-9]{1,5}")
        && Integer.parseInt(port) >= 1
        && Integer.parseInt(port) <= 65_535;
  }

  private static int indexOfAny(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
