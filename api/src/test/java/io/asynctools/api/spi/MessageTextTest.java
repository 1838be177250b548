package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promises: Look-up. */
@Tag("unit")
class MessageTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://app:s3same@host",
        "REDIS://APP:S3SAME@HOST",
        "app:s3same@host",
        "app:opensesame",
        "redis%3A%2F%2Fapp%3Aopensesame%40host",
        "host?password=x",
        "user=app",
        "app\uff20host",
        "app\ufe55sesame",
        "my-secret",
        "Password1",
        "Authorization Basic",
        "hunter2",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "sk-live-51Habcdefgh",
        "100/s\napp:opensesame@host",
        "tr0ub4dor!",
      })
  void aValueThatMayHoldACredentialIsNotShown(String value) {
    assertThat(MessageText.mayHoldCredential(value)).isTrue();
    assertThat(MessageText.quote(value))
        .isEqualTo("<%d characters, not shown since they may hold a credential>", value.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "100/s",
        "5 permits per second",
        "half an hour",
        "PT1.5S",
        "PT9223372036854775808S",
        "-PT1H30M",
        "1h30m15s",
        "1500milliseconds",
        "00:05:00",
        "9223372036854775808",
        "1e1000",
        "0.7692307692307693/s",
        "${RATE}",
        "\"100/s\"",
        "token-bukket",
        "com.example.Outer.Inner,java.io.IOException",
        "50%",
        "",
      })
  void anOrdinaryValueIsShown(String value) {
    assertThat(MessageText.quote(value)).isEqualTo("'" + value + "'");
  }

  @Test
  void whatLooksRightButIsNotIsMadeVisible() {
    assertThat(MessageText.quote("100/s\u00a0")).isEqualTo("'100/s\\u00a0'");
    assertThat(MessageText.quote("\ufeff100/s\r\n")).isEqualTo("'\\ufeff100/s\\u000d\\u000a'");
    assertThat(MessageText.quoteName("ra\u200bte")).isEqualTo("'ra\\u200bte'");
  }

  @Test
  void aValueOfManyCharactersIsNotShown() {
    assertThat(MessageText.quote("a".repeat(100))).contains("aaa");
    assertThat(MessageText.quote("a".repeat(101))).doesNotContain("aaa").contains("101");
    assertThat(MessageText.quote("1".repeat(101))).doesNotContain("111").contains("101");
  }

  @Test
  void aNameIsShownWhateverWordsItIsMadeOf() {
    assertThat(MessageText.quoteName("redis.password")).isEqualTo("'redis.password'");
    assertThat(MessageText.quoteName("oauth2client42")).isEqualTo("'oauth2client42'");
    assertThat(MessageText.quoteName("a".repeat(65))).isEqualTo("'" + "a".repeat(64) + "…'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis://app", "app:opensesame", "opensesame@host", "x=opensesame"})
  void aNameThatIsPartOfAUriIsNotShown(String name) {
    assertThat(MessageText.quoteName(name)).doesNotContain("sesame", "app").contains("not shown");
  }

  @Test
  void aSensitiveOptionIsNeverShown() {
    ConfigOption<String> token = ConfigOption.required("token", String.class, "who we are");
    assertThat(token.isSensitive()).isFalse();
    assertThat(MessageText.quote(token, "open")).isEqualTo("'open'");

    ConfigOption<String> sensitive = token.sensitive();
    assertThat(sensitive.isSensitive()).isTrue();
    assertThat(sensitive.isRequired()).isTrue();
    assertThat(sensitive.name()).isEqualTo("token");
    assertThat(MessageText.quote(sensitive, "open"))
        .isEqualTo("<4 characters, not shown since they may hold a credential>");
  }
}
