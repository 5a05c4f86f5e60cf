package io.mlp.api.audit;

/**
 * Who does something.
 *
 * @param owner whose key it is
 * @param key by what name the key goes; never the key itself
 * @param requestId of the request that asks for it
 */
public record Actor(String owner, String key, String requestId) {}
