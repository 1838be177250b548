package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.LongRange;

@Tag("unit")
class DurationRoundTripTest {

  @Property
  void whatADurationWritesIsReadBack(
      @ForAll long seconds, @ForAll @LongRange(min = 0, max = 999_999_999) long nanos) {
    Duration duration = Duration.ofSeconds(seconds / 2, nanos);

    assertThat(OptionParser.parse(Duration.class, duration.toString())).isEqualTo(duration);
  }
}
