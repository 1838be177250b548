package io.asynctools.proof.layout;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.proof.Modules;
import io.asynctools.proof.layout.broken.Broken;
import io.asynctools.proof.layout.broken.strategy.LeansOnAnotherStrategy;
import io.asynctools.proof.layout.broken.unmarked.Unmarked;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each published module says of itself; and that what would be wrong is seen. */
@Tag("unit")
class ModulesTest {
  /** There when something of ours is compiled, and absent when it runs. */
  private static final Set<String> AT_COMPILE_TIME =
      Set.of("org.jspecify", "com.google.auto.service");

  static List<ModuleReference> modules() {
    return Modules.all();
  }

  /** But Redis, which needs a client; what else it needs is in {@link MainCodeTest}. */
  static List<ModuleReference> modulesForProduction() {
    return Modules.all().stream()
        .filter(module -> !module.descriptor().name().matches("io.asynctools.(testkit|redis)"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void nothingPublicIsUnexported(ModuleReference module) {
    assertThat(unexported(Modules.exported(module), Modules.classes(module))).isEmpty();
  }

  @Test
  void whatIsPublicAndUnexportedIsSeen() {
    assertThat(
            unexported(
                Set.of(Broken.class.getPackageName()),
                List.of(Broken.class, Unmarked.class, ModulesTest.class)))
        .containsExactly(Unmarked.class);
  }

  private static List<Class<?>> unexported(Set<String> exported, List<Class<?>> classes) {
    return classes.stream()
        .filter(type -> type.getEnclosingClass() == null)
        .filter(type -> Modifier.isPublic(type.getModifiers()))
        .filter(type -> !exported.contains(type.getPackageName()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyPackageSaysWhatMayBeNull(ModuleReference module) {
    assertThat(unmarked(Modules.classes(module))).isEmpty();
  }

  @Test
  void aPackageThatDoesNotSayIsSeen() {
    assertThat(unmarked(List.of(Unmarked.class, LeansOnAnotherStrategy.class)))
        .containsExactly(Unmarked.class.getPackageName());
  }

  private static Set<String> unmarked(List<Class<?>> classes) {
    Set<String> unmarked = new TreeSet<>();
    for (Class<?> type : classes) {
      Package pack = type.getPackage();
      if (pack == null || !pack.isAnnotationPresent(NullMarked.class)) {
        unmarked.add(type.getPackageName());
      }
    }
    return unmarked;
  }

  /**
   * {@code dependencyConvergence} and the enforcer's ban look at the artifacts; this, at modules.
   */
  @ParameterizedTest
  @MethodSource("modulesForProduction")
  void nothingIsNeededAtRunTimeButTheApi(ModuleReference module) {
    assertThat(needed(module.descriptor())).isEmpty();
  }

  @Test
  void whatElseIsNeededIsSeen() {
    ModuleDescriptor broken =
        ModuleDescriptor.newModule("io.asynctools.broken")
            .requires("java.base")
            .requires("io.asynctools.api")
            .requires(Set.of(Requires.Modifier.STATIC), "org.jspecify")
            .requires("com.google.auto.service")
            .requires("java.logging")
            .requires("io.asynctools.semaphore")
            .build();
    assertThat(needed(broken))
        .containsExactly("com.google.auto.service", "io.asynctools.semaphore", "java.logging");
  }

  private static List<String> needed(ModuleDescriptor module) {
    return module.requires().stream()
        .filter(
            requires ->
                !(AT_COMPILE_TIME.contains(requires.name())
                    && requires.modifiers().contains(Requires.Modifier.STATIC)))
        .map(Requires::name)
        .filter(name -> !Set.of("java.base", "io.asynctools.api").contains(name))
        .sorted()
        .toList();
  }

  /** And with no one else's packages in it. */
  @ParameterizedTest
  @MethodSource("modules")
  void aModuleIsNamedForItsPackage(ModuleReference module) {
    String name = module.descriptor().name();
    assertThat(Modules.exported(module)).contains(name);
    assertThat(Modules.classes(module).stream().map(Class::getPackageName).collect(toSet()))
        .allMatch(pack -> pack.equals(name) || pack.startsWith(name + "."));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyClassIsForJava17(ModuleReference module) throws IOException {
    List<String> others = new ArrayList<>();
    try (ModuleReader reader = module.open()) {
      for (String name : reader.list().filter(each -> each.endsWith(".class")).toList()) {
        try (InputStream file = reader.open(name).orElseThrow()) {
          byte[] start = file.readNBytes(8);
          if (start[7] != 61) {
            others.add(name + ": " + start[7]);
          }
        }
      }
    }
    assertThat(others).as("class files that are not of version 61").isEmpty();
  }
}
