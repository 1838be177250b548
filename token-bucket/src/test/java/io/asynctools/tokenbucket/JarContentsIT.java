package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the published jar says about itself. */
@Tag("integration")
class JarContentsIT {
  private static final String SERVICE = "io.asynctools.api.spi.LimiterProvider";

  /** Promises: Look-up. */
  @Test
  void theServicesFileAndTheModuleProvideTheSameClass() throws IOException {
    assertThat(servicesFile()).containsExactly(TokenBucketProvider.class.getName());
    assertThat(module().provides())
        .extracting(Provides::service, Provides::providers)
        .containsExactly(tuple(SERVICE, servicesFile()));
  }

  @Test
  void theModuleNeedsTheApiAndNothingElseAtRunTime() {
    assertThat(module().name()).isEqualTo("io.asynctools.tokenbucket");
    assertThat(module().requires())
        .filteredOn(required -> !required.modifiers().contains(Modifier.STATIC))
        .extracting(Requires::name)
        .containsExactlyInAnyOrder("java.base", "io.asynctools.api");
  }

  @Test
  void itCarriesItsLicence() throws IOException {
    try (JarFile jar = new JarFile(Jars.TOKEN_BUCKET.toFile())) {
      assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
    }
  }

  private static ModuleDescriptor module() {
    return ModuleFinder.of(Jars.TOKEN_BUCKET)
        .find("io.asynctools.tokenbucket")
        .orElseThrow()
        .descriptor();
  }

  private static List<String> servicesFile() throws IOException {
    try (JarFile jar = new JarFile(Jars.TOKEN_BUCKET.toFile())) {
      ZipEntry entry = jar.getEntry("META-INF/services/" + SERVICE);
      assertThat(entry).as("META-INF/services in the jar").isNotNull();
      try (InputStream in = jar.getInputStream(entry)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.replaceFirst("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .toList();
      }
    }
  }
}
