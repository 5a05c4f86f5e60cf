package io.mlp.api.limit;

/** Where an allowance gets tokens from. */
interface Tokens {
  /** As many tokens as there are, but no more than asked for; 0 if there are none now. */
  long take(long most);
}
