/**
 * All strategies together on real threads, for minutes: what they promise is checked at every
 * grant, and that nothing is left behind in the end. {@code ./run.sh soak} runs it.
 */
@NullMarked
package io.asynctools.proof.soak;

import org.jspecify.annotations.NullMarked;
