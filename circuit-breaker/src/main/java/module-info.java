/** The circuit breaker: a callee that fails is left alone until it is well again. */
module io.asynctools.circuitbreaker {
  requires transitive io.asynctools.api;
  requires static com.google.auto.service;
  requires static transitive org.jspecify;

  exports io.asynctools.circuitbreaker;

  provides io.asynctools.api.spi.LimiterProvider with
      io.asynctools.circuitbreaker.CircuitBreakerProvider;
}
