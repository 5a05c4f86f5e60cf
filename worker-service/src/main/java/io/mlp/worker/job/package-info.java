/** Claims jobs, keeps their leases and records their outcomes in PostgreSQL. */
@NullMarked
package io.mlp.worker.job;

import org.jspecify.annotations.NullMarked;
