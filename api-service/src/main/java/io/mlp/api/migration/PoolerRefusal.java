package io.mlp.api.migration;

import com.zaxxer.hikari.HikariDataSource;
import io.mlp.job.store.Pooler;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.stereotype.Component;

/** Refuses a start behind a connection pooler, before anything is asked of the database. */
@Component
final class PoolerRefusal implements BeanPostProcessor {
  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof HikariDataSource pool) {
      Pooler.complaint(pool)
          .ifPresent(reason -> {
            throw new InvalidConfigurationPropertyValueException(
                "spring.datasource.url", pool.getJdbcUrl(), reason);
          });
    }
    return bean;
  }
}
