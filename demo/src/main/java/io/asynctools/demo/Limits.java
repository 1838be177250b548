package io.asynctools.demo;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.LimiterSet;
import io.asynctools.api.Limiters;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** The limits of the application, by name, and the text they were made from. */
final class Limits implements AutoCloseable {
  private final Map<String, String> properties;
  private final LimiterSet set;

  Limits(Map<String, String> properties, LimiterEnvironment environment) {
    this.properties = Map.copyOf(properties);
    this.set = Limiters.load(this.properties, environment);
  }

  /** Makes the limits of a properties file of the class path. */
  static Limits load(String resource) throws IOException {
    return new Limits(read(resource), LimiterEnvironment.system());
  }

  static Map<String, String> read(String resource) throws IOException {
    Properties text = new Properties();
    try (InputStream in = Limits.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new FileNotFoundException("not on the class path: " + resource);
      }
      text.load(in);
    }
    Map<String, String> properties = new TreeMap<>();
    text.stringPropertyNames().forEach(key -> properties.put(key, text.getProperty(key)));
    return properties;
  }

  LimiterSet set() {
    return set;
  }

  /** What clients can be told of a limit; empty if it is not one of a rate. */
  Optional<RateLimitHeaders> headers(String name) {
    return QuotaPolicy.of(name, properties)
        .map(policy -> new RateLimitHeaders(policy, set.rateLimiter(name)));
  }

  /** An option as it was written; empty if it was not. */
  Optional<String> option(String name, String option) {
    return Optional.ofNullable(properties.get(name + "." + option)).map(String::strip);
  }

  /** An option as it was written, to be read by people. */
  String text(String name, String option) {
    return option(name, option).orElse("default");
  }

  @Override
  public void close() {
    set.close();
  }
}
