/**
 * Every statement on the tables {@code job}, {@code live} and {@code attempt}, and with them the
 * rules of a job's life; the SQL lies beside it, a file for each statement.
 */
@NullMarked
package io.mlp.job.store;

import org.jspecify.annotations.NullMarked;
