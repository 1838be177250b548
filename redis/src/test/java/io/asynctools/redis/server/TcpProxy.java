package io.asynctools.redis.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A network between a client and a server that can fail: it can stop forwarding, in both directions
 * or only the answers, while its connections stay open, and it can cut them. What was held back
 * arrives when it goes on.
 */
public final class TcpProxy implements AutoCloseable {
  private final int target;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private boolean holdQuestions; // guarded by this, like the next two
  private boolean holdAnswers;
  private boolean refuse;
  private volatile long answerDelayNanos;

  public TcpProxy(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String uri() {
    return "redis://127.0.0.1:" + port();
  }

  /** Nothing is forwarded any more; connections stay open, new ones are taken and not answered. */
  public synchronized void stall() {
    holdQuestions = true;
    holdAnswers = true;
  }

  /** Makes the way back longer, for answers that arrive from now on; their order stays. */
  public void delayAnswers(Duration delay) {
    answerDelayNanos = delay.toNanos();
  }

  /** Commands arrive, their answers do not. */
  public synchronized void holdAnswers() {
    holdAnswers = true;
  }

  /** Cuts every connection and each that is tried from now on; what is held back is lost. */
  public void cut() {
    synchronized (this) {
      refuse = true;
    }
    open.forEach(TcpProxy::reset);
  }

  /** Forwards again, first what was held back. */
  public synchronized void resume() {
    holdQuestions = false;
    holdAnswers = false;
    refuse = false;
    notifyAll();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        synchronized (this) {
          if (refuse) {
            reset(client);
            continue;
          }
        }
        start(() -> connect(client));
      } catch (IOException e) {
        // Closed; or this one connection did not come about.
      }
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    open.add(client);
    open.add(server);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      start(() -> pump(server, client, true));
      pump(client, server, false);
    } catch (IOException e) {
      end(client, server);
    }
  }

  private void pump(Socket from, Socket to, boolean answers) {
    byte[] buffer = new byte[1 << 16];
    Late sleepers = new Late();
    try (sleepers) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passGate(answers);
        if (answers && answerDelayNanos > 0) {
          byte[] late = Arrays.copyOf(buffer, n);
          sleepers.add(
              () -> {
                out.write(late);
                return null;
              },
              answerDelayNanos);
        } else {
          out.write(buffer, 0, n);
        }
      }
      // The end of a connection does not pass a gate that is shut, either.
      passGate(answers);
    } catch (IOException | InterruptedException e) {
      // Cut, or one side has gone: the other goes too.
    }
    end(from, to);
  }

  /** Does things later, in order, without holding up the one who says so. */
  private static final class Late implements AutoCloseable {
    private final ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread made = new Thread(work, "test-proxy-late");
              made.setDaemon(true);
              return made;
            });

    void add(Callable<?> work, long delayNanos) {
      thread.schedule(work, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      thread.shutdownNow();
    }
  }

  private synchronized void passGate(boolean answers) throws InterruptedException {
    while (answers ? holdAnswers : holdQuestions) {
      wait();
    }
  }

  private void end(Socket one, Socket other) {
    open.remove(one);
    open.remove(other);
    reset(one);
    reset(other);
  }

  /** Without a farewell. */
  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // Gone already.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "test-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
    resume();
  }
}
