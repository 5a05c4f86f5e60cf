package io.mlp.api.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.SharedStack;
import io.mlp.flow.Stack;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(SharedStack.class)
class KeyUsesIT {
  private final JdbcClient sql;
  private final KeyUses uses;
  private final UUID id = UUID.randomUUID();
  private final Caller caller;

  KeyUsesIT(Stack stack) {
    this.sql = stack.database().sql();
    this.uses = stack.api().bean(KeyUses.class);
    KeyText key = KeyText.random();
    this.caller = new Caller("uses", Role.READ, key.prefix(), null, Limits.NONE, null);
    sql.sql(
            """
            insert into api_key (id, owner, role, prefix, hash, created_by)
            values (:id, 'uses', 'read', :prefix, :hash, 'test')
            """)
        .param("id", id)
        .param("prefix", key.prefix())
        .param("hash", key.hash().bytes())
        .update();
  }

  private Optional<Instant> lastUse() {
    return sql.sql("select last_used_at from api_key where id = :id")
        .param("id", id)
        .query((row, _) -> Optional.ofNullable(row.getTimestamp(1)))
        .single()
        .map(time -> time.toInstant());
  }

  @Test
  void areNotedToTheMinute() {
    uses.used(caller);
    assertThat(lastUse()).isEmpty();

    uses.write();

    Instant noted = lastUse().orElseThrow();
    assertThat(noted.getEpochSecond() % 60).isZero();
    assertThat(noted).isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(60));
  }

  @Test
  void areNotNotedAgain_whenThereWereNone() {
    uses.used(caller);
    uses.write();
    sql.sql("update api_key set last_used_at = null where id = :id").param("id", id).update();

    uses.write();

    assertThat(lastUse()).isEmpty();
  }

  @Test
  void areNoEarlierThanWhatAnotherReplicaNoted() {
    sql.sql("update api_key set last_used_at = '2100-01-01' where id = :id")
        .param("id", id)
        .update();
    uses.used(caller);
    uses.write();
    assertThat(lastUse().orElseThrow()).isAfter(Instant.parse("2099-12-30T00:00:00Z"));
  }
}
