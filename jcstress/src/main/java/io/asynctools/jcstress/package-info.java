/**
 * What the jcstress tests share. The tests themselves are in the packages of what they test, one
 * for each comment that claims a memory order: what two threads do, and which outcomes the comment
 * forbids.
 */
package io.asynctools.jcstress;
