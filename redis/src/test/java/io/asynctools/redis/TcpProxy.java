package io.asynctools.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An address between client and server: it may lead somewhere else from now on, and it may swallow
 * whatever is sent, as a partition of the network does, new connections included.
 */
final class TcpProxy implements AutoCloseable {
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  final AtomicInteger accepted = new AtomicInteger();
  private volatile int target;
  private volatile boolean swallows;

  TcpProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  String uri() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  /** New connections lead there; those that are open stay. */
  void leadTo(int port) {
    target = port;
  }

  /** What was swallowed is lost; a connection that was made meanwhile stays without an answer. */
  void swallow(boolean on) {
    swallows = on;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        accepted.incrementAndGet();
        sockets.add(client);
        if (swallows) {
          continue; // for good: its first packets were lost, and it stays silent
        }
        Socket redis = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(redis);
        client.setTcpNoDelay(true);
        redis.setTcpNoDelay(true);
        start(() -> pump(client, redis));
        start(() -> pump(redis, client));
      } catch (IOException e) {
        // closed, or the server is gone
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[65_536];
    boolean isLost = false;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        isLost |= swallows; // a stream with a hole in it stays silent
        if (!isLost) {
          out.write(buffer, 0, length);
          out.flush();
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
