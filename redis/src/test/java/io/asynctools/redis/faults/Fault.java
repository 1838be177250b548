package io.asynctools.redis.faults;

import io.asynctools.redis.server.RedisServerProcess;
import io.asynctools.redis.server.TcpProxy;

/** What can happen to a Redis, or to the way there, and how it is mended. */
enum Fault {
  /** kill -9; started again, with nothing in it. */
  KILLED(true, true) {
    @Override
    void inject(RedisServerProcess server, TcpProxy proxy) {
      server.kill();
    }

    @Override
    void mend(RedisServerProcess server, TcpProxy proxy) throws Exception {
      server.restart();
    }
  },
  /** SIGSTOP; SIGCONT. */
  PAUSED(true, false) {
    @Override
    void inject(RedisServerProcess server, TcpProxy proxy) throws Exception {
      server.pause();
    }

    @Override
    void mend(RedisServerProcess server, TcpProxy proxy) throws Exception {
      server.resume();
    }
  },
  /** Connections stay open and nothing goes through. */
  STALLED(true, false) {
    @Override
    void inject(RedisServerProcess server, TcpProxy proxy) {
      proxy.stall();
    }

    @Override
    void mend(RedisServerProcess server, TcpProxy proxy) {
      proxy.resume();
    }
  },
  /** Commands go through, their answers do not. */
  DEAF(true, false) {
    @Override
    void inject(RedisServerProcess server, TcpProxy proxy) {
      proxy.holdAnswers();
    }

    @Override
    void mend(RedisServerProcess server, TcpProxy proxy) {
      proxy.resume();
    }
  },
  /** Connections are cut, and so are new ones. */
  CUT(true, false) {
    @Override
    void inject(RedisServerProcess server, TcpProxy proxy) {
      proxy.cut();
    }

    @Override
    void mend(RedisServerProcess server, TcpProxy proxy) {
      proxy.resume();
    }
  },
  /** Redis forgets every script. */
  SCRIPTS_FLUSHED(false, false) {
    @Override
    void inject(RedisServerProcess server, TcpProxy proxy) throws Exception {
      server.command("SCRIPT", "FLUSH");
    }

    @Override
    void mend(RedisServerProcess server, TcpProxy proxy) {}
  },
  /** Redis forgets every key. */
  KEYS_FLUSHED(false, true) {
    @Override
    void inject(RedisServerProcess server, TcpProxy proxy) throws Exception {
      server.command("FLUSHALL");
    }

    @Override
    void mend(RedisServerProcess server, TcpProxy proxy) {}
  };

  /** Whether nobody answers until it is mended. */
  final boolean silences;

  /** Whether the buckets' states are lost. */
  final boolean forgets;

  Fault(boolean silences, boolean forgets) {
    this.silences = silences;
    this.forgets = forgets;
  }

  abstract void inject(RedisServerProcess server, TcpProxy proxy) throws Exception;

  abstract void mend(RedisServerProcess server, TcpProxy proxy) throws Exception;
}
