/**
 * Our limiters beside the field's, measured. {@link io.asynctools.benchmarks.Bench} runs everything
 * and prints a table for each {@link io.asynctools.benchmarks.Situation}; what extends {@link
 * io.asynctools.benchmarks.ContentionBenchmark} is plain JMH and may be run by JMH's own command
 * line as well.
 *
 * <pre>
 * mvn -Pbench package
 * java -jar benchmarks/target/benchmarks.jar --quick --threads 1,2
 * </pre>
 *
 * <p>Compare ratios within one run only: absolute figures drift with the machine.
 */
package io.asynctools.benchmarks;
