/** The token bucket shared by many machines. */
@NullMarked
package io.asynctools.redis;

import org.jspecify.annotations.NullMarked;
