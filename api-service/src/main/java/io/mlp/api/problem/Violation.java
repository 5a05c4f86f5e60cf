package io.mlp.api.problem;

/**
 * One thing that is wrong with a request.
 *
 * @param where a JSON pointer into the body as a URI fragment ({@code #/inputs/0/shape}), or the
 *     name of a parameter or header
 */
public record Violation(String detail, String where) {}
