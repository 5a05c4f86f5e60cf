/** Takes a job in: its request is read, validated, stored in a shared commit, and waited for. */
@NullMarked
package io.mlp.api.submission;

import org.jspecify.annotations.NullMarked;
