/** Where the api listens, and how long it lets clients take to send and to read. */
@NullMarked
package io.mlp.api.http;

import org.jspecify.annotations.NullMarked;
