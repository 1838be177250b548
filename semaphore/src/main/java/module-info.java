/** The semaphore: so many calls at once. */
module io.asynctools.semaphore {
  requires transitive io.asynctools.api;
  requires static com.google.auto.service;
  requires static transitive org.jspecify;

  exports io.asynctools.semaphore;

  provides io.asynctools.api.spi.LimiterProvider with
      io.asynctools.semaphore.SemaphoreProvider;
}
