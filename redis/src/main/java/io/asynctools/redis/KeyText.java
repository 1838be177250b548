package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.codec.RedisCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/**
 * Keys of bytes as text: what is UTF-8 reads as such, and each other byte stands as a low surrogate
 * without its high one, from U+DC80 to U+DCFF, as in PEP 383 of Python. So keys of bytes are equal
 * by content, and go over the wire as they are.
 */
final class KeyText {
  /** For what Lettuce itself writes of a key, and finds the slot of a Cluster by. */
  static final RedisCodec<String, String> CODEC =
      new RedisCodec<>() {
        @Override
        public String decodeKey(ByteBuffer bytes) {
          return UTF_8.decode(bytes).toString();
        }

        @Override
        public String decodeValue(ByteBuffer bytes) {
          return UTF_8.decode(bytes).toString();
        }

        @Override
        public ByteBuffer encodeKey(String key) {
          return encode(key);
        }

        @Override
        public ByteBuffer encodeValue(String value) {
          return encode(value);
        }
      };

  private static final int FIRST = 0xDC00;

  private KeyText() {}

  /** The text that stands for some bytes. */
  static String of(byte[] key) {
    CharsetDecoder decoder = UTF_8.newDecoder(); // reports what is not UTF-8
    ByteBuffer bytes = ByteBuffer.wrap(key);
    CharBuffer text = CharBuffer.allocate(key.length);
    while (true) {
      CoderResult result = decoder.decode(bytes, text, true);
      if (!result.isMalformed()) {
        return text.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        text.put((char) (FIRST + (bytes.get() & 0xFF)));
      }
      decoder.reset();
    }
  }

  /** How many bytes a key has. */
  static int length(String key) {
    return isPlain(key) ? ByteBufUtil.utf8Bytes(key) : encode(key).remaining();
  }

  static void write(ByteBuf buffer, String key) {
    if (isPlain(key)) {
      ByteBufUtil.writeUtf8(buffer, key);
    } else {
      buffer.writeBytes(encode(key));
    }
  }

  private static ByteBuffer encode(String key) {
    if (isPlain(key)) {
      return UTF_8.encode(key);
    }
    ByteBuffer all = ByteBuffer.allocate(3 * key.length());
    int from = 0;
    for (int i = 0; i < key.length(); i++) {
      if (isByte(key, i)) {
        all.put(UTF_8.encode(key.substring(from, i))).put((byte) key.charAt(i));
        from = i + 1;
      }
    }
    return all.put(UTF_8.encode(key.substring(from))).flip();
  }

  private static boolean isPlain(String key) {
    for (int i = 0; i < key.length(); i++) {
      if (isByte(key, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isByte(String key, int at) {
    char c = key.charAt(at);
    return c >= FIRST + 0x80
        && c <= FIRST + 0xFF
        && (at == 0 || !Character.isHighSurrogate(key.charAt(at - 1)));
  }
}
