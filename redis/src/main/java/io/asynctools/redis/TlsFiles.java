package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.spi.MessageText;
import io.lettuce.core.SslOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The files that TLS needs beside the JVM's own: whom to trust, and who this client is. Each may be
 * PEM, PKCS #12 or JKS; what it is its beginning says.
 *
 * @param trustStore certificates that are trusted in place of the JVM's; null for the JVM's
 * @param trustStorePassword its password; null for none
 * @param keyStore this client's certificate chain and private key; null for no client certificate
 * @param keyStorePassword its password; null for none
 * @param privateKey the private key, PEM and PKCS #8, if {@code keyStore} has the certificates only
 */
record TlsFiles(
    @Nullable Path trustStore,
    @Nullable String trustStorePassword,
    @Nullable Path keyStore,
    @Nullable String keyStorePassword,
    @Nullable Path privateKey) {
  static final TlsFiles NONE = new TlsFiles(null, null, null, null, null);

  private static final String BEGIN = "-----BEGIN ";
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  TlsFiles withTrustStore(Path file, @Nullable String password) {
    return new TlsFiles(file, password, keyStore, keyStorePassword, privateKey);
  }

  TlsFiles withKeyStore(Path file, @Nullable String password) {
    return new TlsFiles(trustStore, trustStorePassword, file, password, privateKey);
  }

  TlsFiles withPrivateKey(Path file) {
    return new TlsFiles(trustStore, trustStorePassword, keyStore, keyStorePassword, file);
  }

  boolean isEmpty() {
    return equals(NONE);
  }

  /** Never shows a password. */
  @Override
  public String toString() {
    return "TlsFiles[trustStore=" + trustStore + ", keyStore=" + keyStore + "]";
  }

  TlsFiles check() {
    if (trustStore == null && trustStorePassword != null) {
      throw new LimiterConfigException(
          "redis.trust-store-password has no effect without redis.trust-store; leave it out");
    }
    if (keyStore == null && (keyStorePassword != null || privateKey != null)) {
      throw new LimiterConfigException(
          (privateKey == null ? "redis.key-store-password" : "redis.private-key")
              + " has no effect without redis.key-store; give both, or neither");
    }
    return this;
  }

  /** Reads the files now, so that what is wrong with them is found before the first connection. */
  void addTo(SslOptions.Builder options) {
    if (trustStore != null) {
      try {
        TrustManagerFactory trusted =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trusted("redis.trust-store", trustStore));
        options.trustManager(trusted);
      } catch (GeneralSecurityException e) {
        throw unfit("redis.trust-store", trustStore, "holds no certificates");
      }
    }
    if (keyStore != null) {
      try {
        KeyManagerFactory own =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(identity(keyStore), characters(keyStorePassword));
        options.keyManager(own);
      } catch (GeneralSecurityException e) {
        throw unfit("redis.key-store", keyStore, "has no key that redis.key-store-password opens");
      }
    }
  }

  private KeyStore trusted(String option, Path file) throws GeneralSecurityException {
    byte[] bytes = read(option, file);
    if (!isPem(bytes)) {
      return loaded(option, file, bytes, trustStorePassword);
    }
    KeyStore store = empty();
    int number = 0;
    for (Certificate each : certificates(option, file, bytes)) {
      store.setCertificateEntry("trusted-" + number++, each);
    }
    return store;
  }

  private KeyStore identity(Path file) throws GeneralSecurityException {
    byte[] bytes = read("redis.key-store", file);
    if (!isPem(bytes)) {
      if (privateKey != null) {
        throw new LimiterConfigException(
            "redis.private-key has no effect beside a redis.key-store that is not PEM; leave it"
                + " out");
      }
      return loaded("redis.key-store", file, bytes, keyStorePassword);
    }
    Collection<? extends Certificate> chain = certificates("redis.key-store", file, bytes);
    Path keyFile = privateKey == null ? file : privateKey;
    String keyOption = privateKey == null ? "redis.key-store" : "redis.private-key";
    PrivateKey key = key(keyOption, keyFile, read(keyOption, keyFile));
    KeyStore store = empty();
    store.setKeyEntry(
        "client", key, characters(keyStorePassword), chain.toArray(Certificate[]::new));
    return store;
  }

  private static PrivateKey key(String option, Path file, byte[] bytes) {
    Matcher found = KEY.matcher(new String(bytes, ISO_8859_1));
    if (found.find()) {
      List<String> kinds = List.of("RSA", "EC", "EdDSA");
      for (String kind : kinds) {
        try {
          byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
          return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          // of another kind, perhaps
        }
      }
    }
    throw unfit(
        option,
        file,
        "holds no private key that can be read; it begins with '-----BEGIN PRIVATE KEY-----'"
            + " (PKCS #8, without a password)");
  }

  private static Collection<? extends Certificate> certificates(
      String option, Path file, byte[] bytes) {
    try {
      // whatever else is in the file, the private key say, does not concern the factory
      String text = new String(bytes, ISO_8859_1);
      Matcher each =
          Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL)
              .matcher(text);
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      List<Certificate> all = new ArrayList<>();
      while (each.find()) {
        all.add(
            factory.generateCertificate(
                new ByteArrayInputStream(each.group().getBytes(ISO_8859_1))));
      }
      if (!all.isEmpty()) {
        return all;
      }
    } catch (GeneralSecurityException e) {
      // as if there were none
    }
    throw unfit(option, file, "holds no certificate that can be read");
  }

  private static KeyStore loaded(String option, Path file, byte[] bytes, @Nullable String password)
      throws GeneralSecurityException {
    boolean isJks = bytes.length > 3 && bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xED;
    try {
      KeyStore store = KeyStore.getInstance(isJks ? "JKS" : "PKCS12");
      store.load(new ByteArrayInputStream(bytes), password == null ? null : password.toCharArray());
      return store;
    } catch (IOException e) {
      throw unfit(
          option,
          file,
          "is no key store that " + option + "-password opens; PEM, PKCS #12 and JKS are read");
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new IllegalStateException(e); // there is nothing to read
    }
  }

  private static boolean isPem(byte[] bytes) {
    return new String(bytes, ISO_8859_1).contains(BEGIN);
  }

  private static byte[] read(String option, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException | SecurityException e) {
      throw unfit(option, file, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static char[] characters(@Nullable String password) {
    return password == null ? new char[0] : password.toCharArray();
  }

  static @Nullable Path path(String option, @Nullable String text) {
    try {
      return text == null ? null : Path.of(text);
    } catch (InvalidPathException e) {
      throw new LimiterConfigException(option + " is no path of a file");
    }
  }

  private static LimiterConfigException unfit(String option, Path file, String why) {
    return new LimiterConfigException(
        option + ": the file " + MessageText.quoteName(file.toString()) + " " + why);
  }
}
