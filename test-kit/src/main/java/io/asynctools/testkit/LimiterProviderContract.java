package io.asynctools.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every provider of a strategy promises, as tests: it is registered, is found by its name,
 * says what its options are, and its README says the same. Extend it in your tests and say which
 * provider is yours; a nested or further test may run the README's examples:
 *
 * <pre>{@code
 * class BucketProviderTest extends LimiterProviderContract {
 *   @Override protected LimiterProvider<?> provider() { return new BucketProvider(); }
 * }
 * }</pre>
 *
 * <p><b>The README</b> lists the options in a table between the lines {@code <!-- options -->} and
 * {@code <!-- end of options -->}, one row each in the provider's order: <code>
 * | `capacity` | Long | 1 | how many tokens are kept |</code>, with <i>required</i> or a dash in
 * place of a default that there is not. Each statement of its blocks of Java code stands in the
 * source of the test class, so that it compiles and is run. Where there is no README, those two
 * tests are skipped.
 */
public abstract class LimiterProviderContract {
  private static final String SERVICE = LimiterProvider.class.getName();
  private static final String SERVICES_FILE = "META-INF/services/" + SERVICE;
  private static final String WORDS = "[a-z][a-z0-9]*(-[a-z0-9]+)*";
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern END_OF_STATEMENT = Pattern.compile("(?<=;)\n");
  private static final String PASSWORD = "opensesame1";
  private static final String TABLE = "<!-- options -->\n";
  private static final String END_OF_TABLE = "<!-- end of options -->";

  /** For subclasses. */
  protected LimiterProviderContract() {}

  /**
   * The provider that is checked.
   *
   * @return it, made by its public constructor
   */
  protected abstract LimiterProvider<?> provider();

  /**
   * The page that describes the strategy, in Markdown.
   *
   * @return by default the {@code README.md} of the folder in which the tests run, the module's own
   *     with Maven and Gradle; there need not be such a file
   */
  protected Path readme() {
    return Path.of("README.md");
  }

  /**
   * Options that are enough to make a limiter. Required options that are not text may be left out.
   *
   * @return the options as text; none by default. If a required text is missing, the test of a
   *     limit that is switched off is skipped
   */
  protected Map<String, String> minimalOptions() {
    return Map.of();
  }

  // ---- What it says of itself

  /** Any other name is passed over by the look-up. */
  @Test
  public void theNameIsLowerCaseWordsJoinedByHyphens() {
    assertThat(provider().name()).matches(WORDS);
  }

  /** The three things that a look-up can ask for. */
  @Test
  public void theTypeIsOneThatIsLookedUp() {
    assertThat(provider().type())
        .isIn(AsyncRateLimiter.class, KeyedRateLimiter.class, AsyncPolicy.class);
  }

  /**
   * Options are the builder's names in kebab case, perhaps after one of a group and a dot; a group
   * of them ends in {@code .*}.
   */
  @Test
  public void optionsAreInKebabCaseAndNoTwoAreOne() {
    assertThat(provider().options())
        .extracting(ConfigOption::name)
        .doesNotHaveDuplicates()
        .allSatisfy(name -> assertThat(name).matches(WORDS + "(\\." + WORDS + ")*(\\.\\*)?"));
  }

  /** A description fits into a table, and into the message about a value that is missing. */
  @Test
  public void everyOptionIsDescribedInOneLine() {
    assertThat(provider().options())
        .allSatisfy(
            option ->
                assertThat(option.description())
                    .as("description of %s", option.name())
                    .isNotBlank()
                    .doesNotContain("\n", "\r", "|"));
  }

  // ---- How it is found

  /**
   * {@link java.util.ServiceLoader} reads {@code META-INF/services} on the class path, and the
   * module's {@code provides} on the module path: one without the other works for half the users.
   *
   * <p>Promises: Look-up.
   *
   * @throws IOException if the file cannot be read
   */
  @Test
  public void itIsRegisteredForTheClassPathAndTheModulePathAlike() throws IOException {
    Class<?> type = provider().getClass();
    Module module = type.getModule();
    assertThat(servicesFiles(type)).as(SERVICES_FILE).contains(type.getName());
    if (module.isNamed()) {
      assertThat(provided(module))
          .as("provided by module %s, against %s", module.getName(), SERVICES_FILE)
          .containsExactlyInAnyOrderElementsOf(servicesFiles(type));
    }
  }

  private static List<String> provided(Module module) {
    return module.getDescriptor().provides().stream()
        .filter(provides -> provides.service().equals(SERVICE))
        .flatMap(provides -> provides.providers().stream())
        .toList();
  }

  /** The classes named by the module's own file, or by all that the class path has. */
  private static List<String> servicesFiles(Class<?> type) throws IOException {
    List<String> classes = new ArrayList<>();
    if (type.getModule().isNamed()) {
      try (InputStream file = type.getModule().getResourceAsStream(SERVICES_FILE)) {
        assertThat(file).as("%s of %s", SERVICES_FILE, type.getModule()).isNotNull();
        classes.addAll(classesIn(file));
      }
    } else {
      for (URL url : Collections.list(type.getClassLoader().getResources(SERVICES_FILE))) {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false); // a cached jar stays open
        try (InputStream file = connection.getInputStream()) {
          classes.addAll(classesIn(file));
        }
      }
    }
    return classes;
  }

  private static List<String> classesIn(InputStream file) throws IOException {
    return new String(file.readAllBytes(), UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /**
   * It can be made without arguments, and is there for every look-up.
   *
   * <p>Promises: Look-up.
   */
  @Test
  public void itIsFoundByItsName() {
    assertThat(Limiters.names()).contains(provider().name());
  }

  /**
   * Whoever misspells an option is told which there are; and nobody else has the name.
   *
   * <p>Promises: Look-up.
   */
  @Test
  public void anUnknownOptionIsRefusedWithTheNamesOfTheKnownOnes() {
    assertThatThrownBy(() -> lookUp(Map.of("no-such-option", "1")))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("'no-such-option'")
        .satisfies(
            e ->
                assertThat(provider().options())
                    .allSatisfy(option -> assertThat(e).hasMessageContaining(option.name())));
  }

  /**
   * A credential in a place that is not for it is shown neither by the message nor by a cause.
   *
   * <p>Promises: Look-up.
   */
  @Test
  public void aCredentialInTheWrongPlaceIsNotShown() {
    List<String> places = new ArrayList<>(List.of("no-such-option", "enabled"));
    provider().options().stream()
        .filter(option -> option.type() != String.class)
        .forEach(option -> places.add(option.name()));
    for (String place : places) {
      assertThatThrownBy(() -> lookUp(Map.of(place, "redis://app:" + PASSWORD + "@host")))
          .as("a URI with a password as the value of '%s'", place)
          .isInstanceOf(LimiterConfigException.class)
          .hasMessageContaining(place)
          .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(PASSWORD));
    }
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /**
   * An option without a value, as YAML has it, is reported by its name.
   *
   * <p>Promises: Look-up.
   */
  @Test
  public void anOptionWithoutAValueIsRejectedByItsName() {
    for (ConfigOption<?> option : provider().options()) {
      if (!option.name().endsWith(".*")) {
        Map<String, String> options = new HashMap<>();
        options.put(option.name(), null);
        assertThatThrownBy(() -> lookUp(options))
            .isInstanceOf(LimiterConfigException.class)
            .hasMessageContaining("'" + option.name() + "' is null");
      }
    }
  }

  /**
   * One look-up reports every option that is unknown, missing or malformed.
   *
   * <p>Promises: Look-up.
   */
  @Test
  public void allWrongOptionsAreReportedAtOnce() {
    List<String> wrong = new ArrayList<>(List.of("no-such-option", "no-other-option"));
    for (ConfigOption<?> option : provider().options()) {
      if (option.type() != String.class) {
        wrong.add(option.name());
      }
    }
    Map<String, String> options = new HashMap<>();
    wrong.forEach(name -> options.put(name, "nonsense"));
    assertThatThrownBy(() -> lookUp(options))
        .isInstanceOfSatisfying(
            LimiterConfigException.class,
            e ->
                assertThat(wrong)
                    .allSatisfy(
                        name ->
                            assertThat(e.errors())
                                .anySatisfy(
                                    error -> assertThat(error).contains("'" + name + "'"))));
  }

  /**
   * A limit that is switched off grants everything and says so.
   *
   * <p>Promises: Look-up.
   *
   * @throws Exception if the call fails
   */
  @Test
  @SuppressWarnings("unchecked") // the keys of a limiter made from text are text
  public void aLimitThatIsSwitchedOffGrantsEverything() throws Exception {
    assumeTrue(
        provider().options().stream()
            .filter(ConfigOption::isRequired)
            .allMatch(
                option ->
                    option.type() != String.class || minimalOptions().containsKey(option.name())),
        "minimalOptions() has a value for each required text");
    Map<String, String> options = new HashMap<>(minimalOptions());
    for (ConfigOption<?> option : provider().options()) {
      if (option.isRequired()) {
        options.putIfAbsent(option.name(), example(option.type()));
      }
    }
    options.put("enabled", "false");
    Object product = lookUp(options);
    assertThat(product).asString().contains("DISABLED");
    AsyncPolicy policy =
        product instanceof KeyedRateLimiter<?>
            ? ((KeyedRateLimiter<String>) product).forKey("key")
            : (AsyncPolicy) product;
    for (int i = 0; i < 1_000; i++) {
      assertThat(policy.<Integer, Exception>call(() -> 1)).isEqualTo(1);
    }
  }

  private static String example(Class<?> type) {
    return type == Rate.class
        ? "1/s"
        : type == Duration.class
            ? "1s"
            : type == Boolean.class
                ? "true"
                : type.isEnum() ? type.getEnumConstants()[0].toString() : "1";
  }

  private Object lookUp(Map<String, String> options) {
    return AsyncPolicy.class.isAssignableFrom(provider().type())
        ? Limiters.policy(provider().name(), options)
        : Limiters.keyed(provider().name(), options);
  }

  // ---- What its page says

  /**
   * The table of options is the provider's, word for word, so that no default is told wrong.
   *
   * @throws IOException if the README cannot be read
   */
  @Test
  public void theTableOfOptionsIsTheProviders() throws IOException {
    String page = page();
    assertThat(page).contains(TABLE, END_OF_TABLE);
    String table = page.substring(page.indexOf(TABLE) + TABLE.length(), page.indexOf(END_OF_TABLE));
    assertThat(table)
        .isEqualTo(
            "| option | type | default | what it is |\n|---|---|---|---|\n"
                + provider().options().stream()
                    .map(LimiterProviderContract::row)
                    .collect(Collectors.joining()));
  }

  private static String row(ConfigOption<?> option) {
    Object value = option.isRequired() ? "required" : option.defaultValue();
    return Stream.of(
            "`" + option.name() + "`",
            option.type().getSimpleName(),
            value == null ? "—" : value.toString(),
            option.description())
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /**
   * Each statement of the page's Java stands in the source of this test, whatever the spaces.
   *
   * @throws IOException if the README or the source cannot be read
   */
  @Test
  public void theExamplesAreTheOnesRunHere() throws IOException {
    List<String> statements =
        JAVA.matcher(page())
            .results()
            .flatMap(block -> END_OF_STATEMENT.splitAsStream(block.group(1)))
            .toList();
    assertThat(statements).as("statements of Java in %s", readme()).isNotEmpty();
    String here = squeezed(Files.readString(source()));
    assertThat(statements).allSatisfy(each -> assertThat(here).contains(squeezed(each)));
  }

  private Path source() {
    Class<?> outermost = getClass();
    while (outermost.getEnclosingClass() != null) {
      outermost = requireNonNull(outermost.getEnclosingClass());
    }
    return Path.of("src/test/java", outermost.getName().replace('.', '/') + ".java");
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }

  private String page() throws IOException {
    assumeTrue(Files.exists(readme()), () -> readme() + " is there");
    return Files.readString(readme()).replace("\r\n", "\n");
  }
}
