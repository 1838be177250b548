package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.Failures;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with certificates of our own, on a server that is installed and was built with TLS. */
@Tag("integration")
@Tag("slow")
@Timeout(120)
class RealTlsTest {
  private static final String PASSWORD = "opensesame";

  @TempDir private static Path directory;
  private static RedisProcess redis;
  private static int tlsPort;

  @BeforeAll
  static void start() throws Exception {
    String program = RedisProcess.installed("valkey-server", "redis-server");
    certificate("server");
    certificate("client");
    certificate("other");
    tlsPort = RedisProcess.freePort();
    redis =
        RedisProcess.start(
            program,
            "tls-port " + tlsPort,
            "tls-cert-file " + directory.resolve("server.crt"),
            "tls-key-file " + directory.resolve("server.key"),
            "tls-ca-cert-file " + directory.resolve("client.crt"),
            "tls-auth-clients optional");
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  /** A self-signed certificate as PKCS #12, JKS and PEM, by the JDK's keytool. */
  private static void certificate(String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    String keytool = System.getProperty("java.home") + File.separator + "bin/keytool";
    run(
        keytool,
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=dns:localhost",
        "-validity",
        "2",
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass",
        PASSWORD);
    KeyStore read = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      read.load(in, PASSWORD.toCharArray());
    }
    Key key = read.getKey(name, PASSWORD.toCharArray());
    Certificate certificate = read.getCertificate(name);
    String certificatePem = pem("CERTIFICATE", certificate.getEncoded());
    String keyPem = pem("PRIVATE KEY", key.getEncoded());
    Files.writeString(directory.resolve(name + ".crt"), certificatePem);
    Files.writeString(directory.resolve(name + ".key"), keyPem);
    Files.writeString(directory.resolve(name + ".pem"), certificatePem + keyPem);
    run(
        keytool,
        "-importcert",
        "-noprompt",
        "-alias",
        name,
        "-file",
        directory + "/" + name + ".crt",
        "-storetype",
        "JKS",
        "-keystore",
        directory + "/" + name + ".jks",
        "-storepass",
        PASSWORD);
  }

  private static String pem(String kind, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static RedisTokenBucket.Builder builder(String host) {
    return RedisTokenBucket.builder(Rate.parse("1000/s"))
        .uri("rediss://" + host + ":" + tlsPort)
        .commandTimeout(Duration.ofSeconds(20));
  }

  private static Throwable failure(CompletableFuture<?> future) throws Exception {
    return Failures.unwrap(future.handle((value, error) -> error).get(60, TimeUnit.SECONDS));
  }

  private static void works(RedisTokenBucket.Builder builder) throws Exception {
    try (RedisTokenBucket limits = builder.build()) {
      assertThat(failure(limits.ready())).isNull();
      assertThat(failure(limits.forKey("key").acquire(1, Duration.ZERO))).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"server.crt", "server.jks", "server.pem"})
  void aServerWhoseCertificateIsGivenIsTrusted(String file) throws Exception {
    works(
        builder("localhost")
            .trustStore(directory.resolve(file), file.endsWith("jks") ? PASSWORD : null));
  }

  /** An untrusted certificate read "Redis does not answer". */
  @Test
  void aServerThatIsNotTrustedIsAMistake() throws Exception {
    try (RedisTokenBucket limits = builder("localhost").build();
        RedisTokenBucket other =
            builder("localhost").trustStore(directory.resolve("other.crt"), null).build()) {
      for (RedisTokenBucket each : List.of(limits, other)) {
        assertThat(failure(each.ready()))
            .isInstanceOf(LimiterConfigException.class)
            .hasMessageContaining("certificate is not trusted")
            .hasMessageContaining("redis.trust-store");
        assertThat(failure(each.forKey("key").acquire()))
            .isInstanceOf(LimiterConfigException.class);
      }
    }
  }

  @Test
  void aServerOfAnotherNameIsAMistake() throws Exception {
    try (RedisTokenBucket limits =
        builder("127.0.0.1").trustStore(directory.resolve("server.crt"), null).build()) {
      assertThat(failure(limits.ready()))
          .isInstanceOf(LimiterConfigException.class)
          .hasMessageContaining("certificate is not trusted");
    }
  }

  @Test
  void aServerThatDoesNotSpeakTlsIsAMistake() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getByName("localhost"))) {
      Thread server =
          new Thread(
              () -> {
                while (!plain.isClosed()) {
                  try (Socket client = plain.accept()) {
                    client.getOutputStream().write("-ERR no\r\n".getBytes(US_ASCII));
                    client.getInputStream().read(new byte[10_000]);
                  } catch (IOException e) {
                    // closed
                  }
                }
              });
      server.setDaemon(true);
      server.start();
      try (RedisTokenBucket limits =
          RedisTokenBucket.builder(Rate.perSecond(1))
              .uri("rediss://localhost:" + plain.getLocalPort())
              .build()) {
        assertThat(failure(limits.ready()))
            .isInstanceOf(LimiterConfigException.class)
            .hasMessageContaining("does not speak it");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"client.p12", "client.pem", "client.crt"})
  void aServerThatAsksForACertificateGetsIt(String file) throws Exception {
    redis.command("CONFIG SET tls-auth-clients yes");
    try {
      try (RedisTokenBucket without =
          builder("localhost").trustStore(directory.resolve("server.crt"), null).build()) {
        Throwable refused = failure(without.forKey("key").acquire(1, Duration.ofSeconds(30)));
        assertThat(refused)
            .isInstanceOf(LimiterConfigException.class)
            .hasMessageContaining("redis.key-store");
      }
      Map<String, String> options =
          new HashMap<>(
              Map.of(
                  "redis.uri", "rediss://localhost:" + tlsPort,
                  "rate", "1000/s",
                  "command-timeout", "20s",
                  "redis.trust-store", directory + "/server.crt",
                  "redis.key-store", directory + "/" + file));
      if (file.endsWith("p12")) {
        options.put("redis.key-store-password", PASSWORD);
      }
      if (file.endsWith("crt")) {
        options.put("redis.private-key", directory + "/client.key");
      }
      try (var limits = Limiters.keyed("redis-token-bucket", options)) {
        assertThat(failure(limits.forKey("key").acquire(1, Duration.ZERO))).isNull();
      }
    } finally {
      redis.command("CONFIG SET tls-auth-clients optional");
    }
  }

  @Test
  void aFileThatDoesNotFitIsToldWhenTheLimiterIsBuilt() {
    refused(b -> b.trustStore(Path.of("none.pem"), null), "redis.trust-store: the file 'none.pem'");
    refused(
        b -> b.trustStore(directory.resolve("server.jks"), "wrong-one"),
        "is no key store that redis.trust-store-password opens");
    refused(
        b -> b.trustStore(directory.resolve("server.key"), null),
        "holds no certificate that can be read");
    refused(
        b -> b.keyStore(directory.resolve("client.crt"), null), "holds no private key that can");
    refused(b -> b.keyStore(directory.resolve("client.p12"), "wrong-one"), "redis.key-store");
    refused(
        b -> b.privateKey(directory.resolve("client.key")), "no effect without redis.key-store");
    refused(
        b -> b.uri("redis://localhost").trustStore(directory.resolve("server.crt"), null),
        "no effect unless redis.uri begins with rediss://");
  }

  private static void refused(
      java.util.function.UnaryOperator<RedisTokenBucket.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(builder("localhost")).build().close())
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining(message)
        .satisfies(error -> assertThat(error.toString()).doesNotContain("wrong-one"));
  }
}
