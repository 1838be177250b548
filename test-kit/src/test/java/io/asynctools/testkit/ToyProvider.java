package io.asynctools.testkit;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.lang.reflect.Proxy;
import java.util.List;

/** A provider that says of itself what it is told to say. */
public final class ToyProvider implements LimiterProvider<Object> {
  private String name = "toy";
  private Class<? super Object> type;
  private List<ConfigOption<?>> options =
      List.of(
          ConfigOption.required("max-toys", Integer.class, "how many there may be"),
          ConfigOption.of("toy-size", Long.class, 3L, "how large each is"),
          ConfigOption.of("toy.*", String.class, null, "what else there is to say"));

  @SuppressWarnings("unchecked") // nobody asks it for the product
  public ToyProvider() {
    this.type = (Class<? super Object>) (Class<?>) AsyncPolicy.class;
  }

  ToyProvider named(String newName) {
    name = newName;
    return this;
  }

  ToyProvider ofType(Class<Object> newType) {
    type = newType;
    return this;
  }

  ToyProvider withOptions(ConfigOption<?>... newOptions) {
    options = List.of(newOptions);
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Class<? super Object> type() {
    return type;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return options;
  }

  @Override
  public Object create(LimiterConfig config) {
    return Proxy.newProxyInstance(
        AsyncPolicy.class.getClassLoader(),
        new Class<?>[] {AsyncPolicy.class},
        (policy, method, arguments) -> null);
  }
}
