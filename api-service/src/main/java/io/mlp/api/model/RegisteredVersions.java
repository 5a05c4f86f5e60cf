package io.mlp.api.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The catalogue as workers have registered it. */
interface RegisteredVersions extends Repository<RegisteredVersion, Integer> {

  List<RegisteredVersion> findAll();

  /** What the workers that have been seen within the given time found in their repositories. */
  @Query(
      nativeQuery = true,
      value =
          """
          select wm.model as model, wm.version as version, wm.state as state,
                 wm.digest as digest, wm.offered as offered, wm.reason as reason,
                 w.name as worker
          from worker_model wm join worker w on w.id = wm.worker_id
          where w.seen_at > now() - make_interval(secs => :seconds)
          order by wm.model, wm.version, w.name
          """)
  List<Sighting> findSightings(double seconds);

  /**
   * Retires versions that a worker has removed from its repository so long ago, and that no live
   * worker has: one that died or was stopped may come back with it.
   *
   * @return how many
   */
  @Modifying
  @Transactional
  @Query(
      nativeQuery = true,
      value =
          """
          update model_version v set retired_at = now()
          where v.retired_at is null
            and (v.model, v.version) in (
              select wm.model, wm.version
              from worker_model wm join worker w on w.id = wm.worker_id
              where w.seen_at > now() - make_interval(secs => :silence)
              group by wm.model, wm.version
              having bool_and(wm.state = 'removed')
                 and max(wm.told_at) < now() - make_interval(secs => :grace))
          """)
  int retire(double grace, double silence);

  /**
   * Takes back into service what a live worker has again.
   *
   * @return how many
   */
  @Modifying
  @Transactional
  @Query(
      nativeQuery = true,
      value =
          """
          update model_version v set retired_at = null
          where v.retired_at is not null
            and exists (
              select from worker_model wm join worker w on w.id = wm.worker_id
              where wm.model = v.model and wm.version = v.version and wm.state = 'ready'
                and w.seen_at > now() - make_interval(secs => :silence))
          """)
  int revive(double silence);

  /** What one worker says of one version. */
  interface Sighting {
    String getModel();

    int getVersion();

    String getState();

    /** Of the bytes that it serves. */
    @Nullable String getDigest();

    /** Of the bytes that its repository holds. */
    @Nullable String getOffered();

    @Nullable String getReason();

    String getWorker();
  }
}
