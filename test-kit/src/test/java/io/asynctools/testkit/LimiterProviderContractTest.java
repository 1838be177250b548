package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The contract of providers is honest: whatever one gets wrong fails the test that is for it. */
@Tag("unit")
class LimiterProviderContractTest {
  private static final String PAGE =
      """
      <!-- options -->
      | option | type | default | what it is |
      |---|---|---|---|
      | `max-toys` | Integer | required | how many there may be |
      | `toy-size` | Long | 3 | how large each is |
      | `toy.*` | String | — | what else there is to say |
      <!-- end of options -->
      ```java
      private String anExample(int of) { return "the README" + of; }
      ```
      """;

  private final ClassLoader context = Thread.currentThread().getContextClassLoader();

  @TempDir private Path folder;

  /** What the README shows: it stands here, so that the README may. */
  @SuppressWarnings("unused")
  private String anExample(int of) {
    return "the README" + of;
  }

  private LimiterProviderContract contractOf(LimiterProvider<?> provider) {
    return new LimiterProviderContract() {
      @Override
      protected LimiterProvider<?> provider() {
        return provider;
      }

      @Override
      protected Path readme() {
        return folder.resolve("README.md");
      }
    };
  }

  private LimiterProviderContract page(String page) throws IOException {
    Files.writeString(folder.resolve("README.md"), page);
    return contractOf(new ToyProvider());
  }

  private static void fails(ThrowingCallable test, String why) {
    assertThatThrownBy(test).isInstanceOf(AssertionError.class).hasMessageContaining(why);
  }

  @AfterEach
  void restoreTheContext() {
    Thread.currentThread().setContextClassLoader(context);
  }

  @Test
  void aProviderThatKeepsItPassesIt() throws Exception {
    Files.writeString(folder.resolve("README.md"), PAGE);
    try (URLClassLoader elsewhere = aClassPathThatRegistersTheToy()) {
      Thread.currentThread().setContextClassLoader(elsewhere);
      LimiterProviderContract contract = contractOf(toyOf(elsewhere));
      assertThat(contract.provider().getClass().getModule().isNamed()).isFalse();
      assertThatCode(
              () -> {
                contract.theNameIsLowerCaseWordsJoinedByHyphens();
                contract.theTypeIsOneThatIsLookedUp();
                contract.optionsAreInKebabCaseAndNoTwoAreOne();
                contract.everyOptionIsDescribedInOneLine();
                contract.itIsRegisteredForTheClassPathAndTheModulePathAlike();
                contract.itIsFoundByItsName();
                contract.anUnknownOptionIsRefusedWithTheNamesOfTheKnownOnes();
                contract.aCredentialInTheWrongPlaceIsNotShown();
                contract.anOptionWithoutAValueIsRejectedByItsName();
                contract.allWrongOptionsAreReportedAtOnce();
                contract.aLimitThatIsSwitchedOffGrantsEverything();
                contract.theTableOfOptionsIsTheProviders();
                contract.theExamplesAreTheOnesRunHere();
              })
          .doesNotThrowAnyException();
      assertThat(LimiterProviderContract.class.getDeclaredMethods())
          .filteredOn(method -> method.isAnnotationPresent(Test.class))
          .as("tests, all of them run above")
          .hasSize(13);
    }
  }

  @Test
  void aNameOrATypeThatNobodyCanLookUpFails() {
    for (String name : new String[] {"Toy", "toy_box", "toy-", "-toy", "toy box", "", "1toy"}) {
      fails(
          contractOf(new ToyProvider().named(name))::theNameIsLowerCaseWordsJoinedByHyphens, name);
    }
    fails(contractOf(new ToyProvider().ofType(Object.class))::theTypeIsOneThatIsLookedUp, "Object");
  }

  @Test
  void optionsThatAreMisspeltOrTwiceThereFail() {
    for (String name :
        new String[] {"maxToys", "max_toys", "max-toys*", "*", "toy..size", "toy."}) {
      fails(withOptions(option(name, "a toy"))::optionsAreInKebabCaseAndNoTwoAreOne, name);
    }
    fails(
        withOptions(option("toys", "one"), option("toys", "two"))
            ::optionsAreInKebabCaseAndNoTwoAreOne,
        "duplicate");
  }

  @Test
  void aDescriptionThatFitsNoTableFails() {
    for (String description : new String[] {" ", "one\ntwo", "one | two"}) {
      fails(withOptions(option("toys", description))::everyOptionIsDescribedInOneLine, "toys");
    }
  }

  @Test
  void aModuleThatDoesNotProvideWhatItsServicesFileNamesFails() {
    LimiterProviderContract contract = contractOf(new ToyProvider());
    fails(
        contract::itIsRegisteredForTheClassPathAndTheModulePathAlike,
        "provided by module io.asynctools.testkit");
    fails(contract::itIsFoundByItsName, "toy");
    fails(contract::anUnknownOptionIsRefusedWithTheNamesOfTheKnownOnes, "no-such-option");
    fails(contract::aCredentialInTheWrongPlaceIsNotShown, "no-such-option");
    fails(contract::anOptionWithoutAValueIsRejectedByItsName, "max-toys");
    fails(contract::allWrongOptionsAreReportedAtOnce, "no-such-option");
    assertThatThrownBy(contract::aLimitThatIsSwitchedOffGrantsEverything)
        .hasMessageContaining("'toy'");
  }

  @Test
  void aClassPathWithoutAServicesFileFails() throws Exception {
    try (URLClassLoader elsewhere = aClassPathThatRegistersTheToy()) {
      Files.writeString(servicesFile(), "# " + ToyProvider.class.getName() + "\n");
      LimiterProviderContract contract = contractOf(toyOf(elsewhere));
      fails(contract::itIsRegisteredForTheClassPathAndTheModulePathAlike, "ToyProvider");
    }
  }

  @Test
  void aTableThatSaysSomethingElseFails() throws IOException {
    fails(page(PAGE.replace("| 3 |", "| 4 |"))::theTableOfOptionsIsTheProviders, "toy-size");
    fails(
        page(PAGE.replaceFirst("\\| `toy-size`.*\n", ""))::theTableOfOptionsIsTheProviders,
        "toy-size");
    fails(page(PAGE.replace("<!-- options -->", ""))::theTableOfOptionsIsTheProviders, "options");
  }

  @Test
  void anExampleThatIsNotRunFailsAndSoDoesNone() throws IOException {
    fails(page(PAGE.replace("of; }", "of; /* not */ }"))::theExamplesAreTheOnesRunHere, "not");
    fails(page("no Java")::theExamplesAreTheOnesRunHere, "README.md");
  }

  @Test
  void whereThereIsNoReadmeItsTestsAreSkipped() {
    LimiterProviderContract contract = contractOf(new ToyProvider());
    assertThatThrownBy(contract::theTableOfOptionsIsTheProviders)
        .isInstanceOf(TestAbortedException.class);
    assertThatThrownBy(contract::theExamplesAreTheOnesRunHere)
        .isInstanceOf(TestAbortedException.class);
  }

  private LimiterProviderContract withOptions(ConfigOption<?>... options) {
    return contractOf(new ToyProvider().withOptions(options));
  }

  private static ConfigOption<String> option(String name, String description) {
    return ConfigOption.of(name, String.class, null, description);
  }

  private Path servicesFile() {
    return folder.resolve("META-INF/services").resolve(LimiterProvider.class.getName());
  }

  /** The toy in nobody's module, as on a class path. */
  private URLClassLoader aClassPathThatRegistersTheToy() throws IOException {
    String toy = ToyProvider.class.getName();
    Files.createDirectories(servicesFile().getParent());
    Files.writeString(servicesFile(), toy + " # a toy\n");
    Path file = folder.resolve(toy.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    try (InputStream code = ToyProvider.class.getResourceAsStream("ToyProvider.class")) {
      Files.copy(code, file);
    }
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, context) {
      @Override
      protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.equals(toy)) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }

      @Override
      public Enumeration<URL> getResources(String name) throws IOException {
        return findResources(name); // not the file of the tests' own module
      }
    };
  }

  private static LimiterProvider<?> toyOf(ClassLoader loader) throws Exception {
    return (LimiterProvider<?>)
        loader.loadClass(ToyProvider.class.getName()).getConstructor().newInstance();
  }
}
