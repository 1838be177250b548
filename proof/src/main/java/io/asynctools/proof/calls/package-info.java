/** Calls for limiters to hold on to, as the soak and the simulation make them. */
@NullMarked
package io.asynctools.proof.calls;

import org.jspecify.annotations.NullMarked;
