package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Keys of bytes go over the wire as they are, and are equal by content. */
@Tag("unit")
class KeyTextTest {

  private static byte[] wire(String key) {
    ByteBuf buffer = Unpooled.buffer();
    KeyText.write(buffer, key);
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    assertThat(KeyText.length(key)).isEqualTo(bytes.length);
    return bytes;
  }

  @Property(tries = 1_000)
  void everyKeyOfBytesGoesOverTheWireAsItIs(@ForAll byte[] key) {
    assertThat(wire(KeyText.of(key))).isEqualTo(key);
    assertThat(KeyText.of(key.clone())).isEqualTo(KeyText.of(key));
  }

  @Example
  void aKeyThatIsUtf8IsItsText() {
    for (String text : new String[] {"", "acme", "schlüssel", "鍵🔑"}) {
      assertThat(KeyText.of(text.getBytes(UTF_8))).isEqualTo(text);
      assertThat(wire(text)).isEqualTo(text.getBytes(UTF_8));
    }
  }

  @Example
  void keysThatAreNotUtf8StayApart() {
    byte[] one = {'k', (byte) 0x80};
    byte[] other = {'k', (byte) 0x81};
    assertThat(KeyText.of(one)).isNotEqualTo(KeyText.of(other));
    assertThat(wire("prefix:" + KeyText.of(one))).endsWith(one);
  }
}
