/** The token bucket shared by many machines. */
@SuppressWarnings({
  "requires-automatic",
  "requires-transitive-automatic"
}) // Lettuce has no module of its own
module io.asynctools.redis {
  requires transitive io.asynctools.api;
  requires io.asynctools.circuitbreaker;
  requires io.asynctools.perkey;
  requires io.netty.buffer;
  requires transitive lettuce.core;
  requires static com.google.auto.service;
  requires static transitive org.jspecify;

  exports io.asynctools.redis;

  provides io.asynctools.api.spi.LimiterProvider with
      io.asynctools.redis.RedisProvider;
}
