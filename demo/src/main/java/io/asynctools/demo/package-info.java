/**
 * A user's program: an HTTP gateway that keeps a fragile upstream from being driven over its
 * capacity. It is written against {@code io.asynctools.api} alone; which strategy limits it stands
 * in {@code limits.properties}, and the strategy's artifact is found at run time.
 */
@NullMarked
package io.asynctools.demo;

import org.jspecify.annotations.NullMarked;
