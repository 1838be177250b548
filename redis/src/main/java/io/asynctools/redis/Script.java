package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
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

  final byte[] source; // nobody writes to it
  final byte[] digest; // SHA-1, as hexadecimal text

  private Script(String file) {
    this.source = (read("bucket.lua") + read(file)).getBytes(UTF_8);
    try {
      byte[] sha = MessageDigest.getInstance("SHA-1").digest(source);
      this.digest = HexFormat.of().formatHex(sha).getBytes(US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
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
