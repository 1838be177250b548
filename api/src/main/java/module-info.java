/**
 * Asynchronous resilience for the JVM: what callers hold ({@link io.asynctools.api}) and what
 * authors of strategies extend ({@link io.asynctools.api.spi}).
 */
module io.asynctools.api {
  requires static transitive org.jspecify;

  exports io.asynctools.api;
  exports io.asynctools.api.spi;

  uses io.asynctools.api.spi.LimiterProvider;
}
