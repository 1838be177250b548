/** The token bucket: so many calls in a period, with bursts up to a capacity. */
module io.asynctools.tokenbucket {
  requires transitive io.asynctools.api;
  requires static com.google.auto.service;
  requires static transitive org.jspecify;

  exports io.asynctools.tokenbucket;

  provides io.asynctools.api.spi.LimiterProvider with
      io.asynctools.tokenbucket.TokenBucketProvider;
}
