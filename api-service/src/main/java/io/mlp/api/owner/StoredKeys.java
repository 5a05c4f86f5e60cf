package io.mlp.api.owner;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The keys that were given out. */
interface StoredKeys extends Repository<StoredKey, UUID> {
  StoredKey save(StoredKey key);

  Optional<StoredKey> findById(UUID id);

  /** Those that may still be accepted. */
  @Query(
      "select k from StoredKey k where k.revokedAt is null"
          + " and (k.expiresAt is null or k.expiresAt > :now)")
  List<StoredKey> findAcceptable(Instant now);

  /** For a change, in a transaction: changes come one after another. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select k from StoredKey k where k.id = :id")
  Optional<StoredKey> lock(UUID id);

  List<StoredKey> findByIdLessThanOrderByIdDesc(UUID before, Limit most);

  List<StoredKey> findByOwnerAndIdLessThanOrderByIdDesc(String owner, UUID before, Limit most);

  /** Notes that the keys were used, unless somebody has noted a later use. */
  @Modifying
  @Transactional
  @Query(
      "update StoredKey k set k.lastUsedAt = :at"
          + " where k.prefix in :prefixes and (k.lastUsedAt is null or k.lastUsedAt < :at)")
  int noteUse(List<String> prefixes, Instant at);
}
