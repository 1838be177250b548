/** Retry: a call that fails is made again, with backoff, within a budget. */
module io.asynctools.retry {
  requires transitive io.asynctools.api;
  requires static com.google.auto.service;
  requires static transitive org.jspecify;

  exports io.asynctools.retry;

  provides io.asynctools.api.spi.LimiterProvider with
      io.asynctools.retry.RetryProvider;
}
