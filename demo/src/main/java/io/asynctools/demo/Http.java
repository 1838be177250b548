package io.asynctools.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's HTTP server and client, set up alike for all parts of the demo. */
final class Http {
  /** As many connections may come at once as a burst has requests. */
  private static final int BACKLOG = 1_024;

  private Http() {}

  /**
   * What the JDK takes from system properties alone, when it first makes a server or client: no
   * Nagle delay (a header and a body are two small writes, which then wait 40 ms for each other),
   * no closing of connections that idle between bursts, and a client that drops an idle connection
   * before the server does.
   */
  static void configure() {
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet("sun.net.httpserver.maxIdleConnections", "4096");
    setUnlessSet("jdk.httpclient.keepalive.timeout", "15");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Threads for a server's handlers or a client's callbacks. Two suffice, for none of them waits.
   */
  static ExecutorService threads(String name) {
    return Executors.newFixedThreadPool(
        2,
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** A server on the loopback interface, on a port that is free; it is started. */
  static HttpServer serve(HttpHandler handler, Executor threads) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(anyPort, BACKLOG);
    server.createContext("/", handler);
    server.setExecutor(threads);
    server.start();
    return server;
  }

  static URI uri(HttpServer server) {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort());
  }

  static HttpClient client(Executor threads) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .executor(threads)
        .build();
  }

  /** Answers and ends an exchange, from whatever thread has the answer. */
  static void reply(HttpExchange exchange, int status, byte[] body) {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    } catch (IOException e) {
      // The caller has hung up: there is nobody to tell.
    }
  }
}
