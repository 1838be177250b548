package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Entries as loaders of files give them through unchecked casts.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class OddValuesTest {
  private StrangeLoader loader;

  @BeforeEach
  void openLoader(@TempDir Path dir) throws Exception {
    loader =
        StrangeLoader.of(
            StrangeLoader.jar()
                .provider(StrangeProvider.class)
                .provider(StrangeProviders.Keyed.class)
                .provider(StrangeProviders.Policy.class)
                .provider(StrangeProviders.Secretive.class)
                .in(dir.resolve("strange.jar")));
  }

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  private LimiterSet load(Map<String, String> properties) {
    return InContext.of(loader, () -> Limiters.load(properties));
  }

  @Test
  void aNullValueNamesItsOption() {
    refused(with("pay.rate", null), "'pay'", "option 'rate' is null", "100/s");
    refused(with("pay.limiter.rate", null, "pay.rate", null), "'rate' is null");
  }

  @Test
  void aNullTypeNamesItsOption() {
    refused(with("pay.type", null), "'pay'", "option 'type' is null");
  }

  @Test
  void aBlankTypeNamesItsProperty() {
    refused(with("pay.type", " "), "'pay'", "'pay.type' is blank", "strange");
  }

  @Test
  void aNullKeyIsRefused() {
    refused(with(null, "x"), "property null", "<limit>.<option>");
  }

  @Test
  void aNullValueOfAPropertyThatIsNoLimitsIsRefused() {
    refused(with("rate", null), "property 'rate'");
  }

  @Test
  void aValueThatIsNoTextNamesItsOptionAndItsClass() {
    refused(with("pay.rate", 5), "option 'rate' is a Integer, not text");
    refused(with("pay.max-wait", true), "option 'max-wait' is a Boolean, not text");
    refused(with("pay.type", 5), "option 'type' is a Integer, not text");
    refused(with("pay.rate", List.of("sesame")), "option 'rate'", "not text");
  }

  @Test
  void aKeyThatIsNoTextIsRefused() {
    refused(with(5, "x"), "property that is no text");
  }

  @Test
  void anUnknownOptionMayBeNullToo() {
    refused(with("pay.rats", null), "unknown option 'rats'", "did you mean 'rate'?");
  }

  @Test
  void aByteOrderMarkAndWhiteSpaceAroundAKeyOrValueDoNotCount() {
    for (String mark : List.of("\ufeff", "\u00ef\u00bb\u00bf", " ")) {
      Map<String, String> properties = new HashMap<>();
      properties.put(mark + "pay.type", "strange");
      properties.put("pay.rate", mark + "5/m ");
      properties.put(" pay . max-wait ", " 5s");
      assertThat(load(properties).rateLimiter("pay").name()).isEqualTo("pay");
      assertThat(single(Map.of(mark + "rate", mark + "5/m")).tryAcquire()).isPresent();
    }
  }

  @Test
  void anOptionGivenTwiceIsRefused() {
    refused(with("pay.rate", "1/s", " pay.rate", "2/s"), "pay.rate'", "given twice");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> single(Map.of("rate", "1/s", " rate", "2/s")))
        .withMessageContaining("option 'rate' is given twice");
  }

  @Test
  void keysThatDifferByCaseOrUnderscoreOnlyAreNotConfused() {
    refused(
        with("pay.max-wait", "1s", "pay.max_wait", "2s", "pay.MAX-WAIT", "3s"),
        "unknown option 'max_wait'; did you mean 'max-wait'?",
        "unknown option 'MAX-WAIT'; did you mean 'max-wait'?");
    Map<String, String> properties = new HashMap<>(Map.of("pay.Type", "strange"));
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> load(properties))
        .withMessageContainingAll("'pay.type' is missing", "did you mean 'pay.type'?");
  }

  @Test
  void aLimiterOfItsOwnIsReadLikewise() {
    Map<String, String> options = new HashMap<>();
    options.put("rate", null);
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> single(options))
        .withMessageContaining("limiter 'strange': option 'rate' is null");
    options.put(null, "x");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> single(options))
        .withMessageContaining("the name of an option is null");
  }

  @Test
  void aCharacterThatIsNotSeenIsMadeVisible() {
    refused(with("pay.rate", "100/s\u00a0"), "'100/s\\u00a0'");
    refused(with("pay.ra\u200bte", "100/s"), "'ra\\u200bte'");
  }

  private AsyncRateLimiter single(Map<String, String> options) {
    return InContext.of(loader, () -> Limiters.rateLimiter("strange", options));
  }

  private void refused(Map<String, String> properties, String... words) {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> load(properties))
        .withMessageContainingAll(words)
        .withMessageNotContaining("sesame");
  }

  @SuppressWarnings("unchecked") // as frameworks do
  private static Map<String, String> with(Object... entries) {
    Map<Object, Object> properties = new HashMap<>();
    properties.put("pay.type", "strange");
    for (int i = 0; i < entries.length; i += 2) {
      properties.put(entries[i], entries[i + 1]);
    }
    return (Map<String, String>) (Map<?, ?>) properties;
  }
}
