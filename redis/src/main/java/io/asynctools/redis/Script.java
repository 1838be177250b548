package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts that run in Redis, and what Redis knows them by. */
final class Script {
  /** Decides: see {@code take.lua}. */
  static final Script TAKE = new Script("take.lua");

  /** Gives back what nobody used: see {@code give_back.lua}. */
  static final Script GIVE_BACK = new Script("give_back.lua");

  private final byte[] run; // "EVALSHA" and the digest, as on the wire
  private final byte[] runWhole; // the same with the source
  final String source;

  private Script(String file) {
    this.source = read("bucket.lua") + read(file);
    byte[] bytes = source.getBytes(UTF_8);
    try {
      byte[] sha = MessageDigest.getInstance("SHA-1").digest(bytes);
      this.run = wire("EVALSHA", HexFormat.of().formatHex(sha));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
    this.runWhole = wire("EVAL", source);
  }

  private static byte[] wire(String command, String argument) {
    StringBuilder text = new StringBuilder();
    for (String each : new String[] {command, argument}) {
      text.append('$').append(each.getBytes(UTF_8).length).append("\r\n").append(each);
      text.append("\r\n");
    }
    return text.toString().getBytes(UTF_8);
  }

  /** The beginning of the command that runs it, by its digest or by its source. */
  byte[] wire(boolean whole) {
    return whole ? runWhole : run;
  }

  private static String read(String file) {
    try (InputStream stream = Script.class.getResourceAsStream(file)) {
      if (stream == null) {
        throw new IllegalStateException(
            file + " is missing beside " + Script.class + ": the jar is not whole");
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
