package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DemoTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @Test
  @Tag("smoke")
  void theWholeDemoShowsItsPoint() throws Exception {
    int code = Demo.run(out, "--seconds", "2");
    String text = bytes.toString(UTF_8);
    assertThat(code).as(text).isZero();
    assertThat(text)
        .contains("WITHOUT", "WITH the limiter", "errors went from", "to none")
        .contains("the breaker goes from closed to open", "The outage was ridden out")
        .contains("A FLOOD of keys", "-- the flood begins", "The flood of keys was held");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  @Tag("slow")
  void theLimitThatThreeMachinesShareIsHeldWithoutRedis() throws Exception {
    int code = Demo.run(out, "redis");
    String text = bytes.toString(UTF_8);
    assertThat(code).as(text).isZero();
    assertThat(text)
        .contains("-- Redis is killed", "Redis does not answer", "Redis answers again")
        .contains("The shared limit was held", "and none failed");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  @Tag("unit")
  void wrongUsageIsTold() throws Exception {
    for (String[] wrong :
        new String[][] {
          {"--seconds"}, {"--seconds", "1"}, {"--seconds", "x"}, {"--what", "2"}, {"redis", "2"}
        }) {
      assertThat(Demo.run(out, wrong)).isEqualTo(2);
    }
    assertThat(bytes.toString(UTF_8)).contains("usage: demo [--seconds N]", "demo redis");
  }
}
