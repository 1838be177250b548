package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One option of a strategy: its name in configurations, its type, its default, and what it is for.
 * Immutable.
 *
 * @param <T> int, long, double, boolean, String, Duration, Rate or an enum, as a reference type
 */
public final class ConfigOption<T> {
  private final String name;
  private final Class<T> type;
  private final @Nullable T defaultValue;
  private final boolean required;
  private final String description;
  private final boolean sensitive;

  private ConfigOption(
      String name,
      Class<T> type,
      @Nullable T defaultValue,
      boolean required,
      String description,
      boolean sensitive) {
    this.name = requireNonNull(name, "name");
    this.type = requireNonNull(type, "type");
    this.defaultValue = defaultValue;
    this.required = required;
    this.description = requireNonNull(description, "description");
    this.sensitive = sensitive;
    if (!OptionParser.supports(type)) {
      throw new IllegalArgumentException(
          "option '"
              + name
              + "' cannot be a "
              + type.getName()
              + "; accepted are int, long, double, boolean, String, Duration, Rate and enums");
    }
  }

  /**
   * An option that may be left out.
   *
   * @param <T> the type of its value
   * @param name its name, in kebab case
   * @param type the type of its value
   * @param defaultValue its value when left out; null if that depends on other options
   * @param description what it is for, in a line
   * @return the option
   */
  public static <T> ConfigOption<T> of(
      String name, Class<T> type, @Nullable T defaultValue, String description) {
    return new ConfigOption<>(name, type, defaultValue, false, description, false);
  }

  /**
   * An option that has to be given.
   *
   * @param <T> the type of its value
   * @param name its name, in kebab case
   * @param type the type of its value
   * @param description what it is for, in a line
   * @return the option
   */
  public static <T> ConfigOption<T> required(String name, Class<T> type, String description) {
    return new ConfigOption<>(name, type, null, true, description, false);
  }

  /**
   * Returns a copy whose value may hold a credential: a password, a token, or a URI with one. No
   * message of the library shows such a value.
   *
   * @return the copy
   */
  public ConfigOption<T> sensitive() {
    return new ConfigOption<>(name, type, defaultValue, required, description, true);
  }

  /**
   * The name in configurations.
   *
   * @return the name, in kebab case
   */
  public String name() {
    return name;
  }

  /**
   * The type of the value.
   *
   * @return the type
   */
  public Class<T> type() {
    return type;
  }

  /**
   * The value when left out.
   *
   * @return the default; null if it is required, or its default depends on other options
   */
  public @Nullable T defaultValue() {
    return defaultValue;
  }

  /**
   * Whether it has to be given.
   *
   * @return whether it is required
   */
  public boolean isRequired() {
    return required;
  }

  /**
   * Checks whether the value may hold a credential.
   *
   * @return whether no message may show the value
   */
  public boolean isSensitive() {
    return sensitive;
  }

  /**
   * What it is for.
   *
   * @return one line
   */
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return name + " (" + type.getSimpleName() + ")";
  }
}
