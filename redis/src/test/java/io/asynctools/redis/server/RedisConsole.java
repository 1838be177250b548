package io.asynctools.redis.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Talks to a Redis as a person would, one command at a time, without a client library: so it starts
 * no thread that a test of leaked threads could mistake for ours, and works beside whatever state
 * the tested client is in. Not thread-safe.
 */
public final class RedisConsole implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  public RedisConsole(int port) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @return a String, a Long, a List of these, or null; an error is thrown
   */
  public Object command(String... words) throws IOException {
    send(words);
    return answer();
  }

  /** The answer as text. */
  public String text(String... words) throws IOException {
    return String.valueOf(command(words));
  }

  /** The answer as a number. */
  public long number(String... words) throws IOException {
    return Long.parseLong(text(words));
  }

  /** A figure of INFO. */
  public long info(String section, String field) throws IOException {
    return text("INFO", section)
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).trim())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  /** How often the server ran a command, the ones in scripts included. */
  public long calls(String command) throws IOException {
    String start = "cmdstat_" + command + ":calls=";
    return text("INFO", "commandstats")
        .lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length(), line.indexOf(',')))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  void send(String... words) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(utf8("*" + words.length + "\r\n"));
    for (String word : words) {
      byte[] value = utf8(word);
      bytes.writeBytes(utf8("$" + value.length + "\r\n"));
      bytes.writeBytes(value);
      bytes.writeBytes(utf8("\r\n"));
    }
    socket.getOutputStream().write(bytes.toByteArray());
  }

  /** Waits for as long as it takes. */
  void patient() throws IOException {
    socket.setSoTimeout(0);
  }

  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("Redis closed the connection");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private Object answer() throws IOException {
    String line = line();
    String rest = line.substring(1);
    switch (line.charAt(0)) {
      case '+':
        return rest;
      case ':':
        return Long.valueOf(rest);
      case '-':
        throw new IOException(rest);
      case '$':
        return bulk(Integer.parseInt(rest));
      case '*':
        return array(Integer.parseInt(rest));
      default:
        throw new IOException("not an answer of Redis: " + line);
    }
  }

  private String bulk(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    byte[] value = in.readNBytes(length);
    in.readNBytes(2);
    return new String(value, StandardCharsets.UTF_8);
  }

  private List<Object> array(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      all.add(answer());
    }
    return all;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
