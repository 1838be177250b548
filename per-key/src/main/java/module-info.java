/** A limiter for each key, made on first use and forgotten when nobody can tell. */
module io.asynctools.perkey {
  requires transitive io.asynctools.api;
  requires static com.google.auto.service;
  requires static transitive org.jspecify;

  exports io.asynctools.perkey;

  provides io.asynctools.api.spi.LimiterProvider with
      io.asynctools.perkey.PerKeyProvider;
}
