package io.asynctools.demo;

/**
 * A request that a gateway admitted. When that was decided is known between two instants, which all
 * JVMs of a machine read off the same clock, {@link System#nanoTime}.
 *
 * @param gateway which of them, from 0
 * @param asked just before the limit was asked
 * @param heard just after it had said yes
 * @param alone whether it said so at once, that is without Redis
 */
record SharedGrant(int gateway, long asked, long heard, boolean alone) {}
