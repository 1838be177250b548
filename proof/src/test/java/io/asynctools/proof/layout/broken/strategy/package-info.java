/** Stands for the package of a strategy. */
@NullMarked
package io.asynctools.proof.layout.broken.strategy;

import org.jspecify.annotations.NullMarked;
