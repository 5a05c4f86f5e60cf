package io.mlp.api.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the files that the page loads: its own, and Swagger UI's out of its webjar. */
@Configuration(proxyBeanMethods = false)
class DocsConfiguration implements WebMvcConfigurer {
  private static final String WEBJAR = "META-INF/maven/org.webjars/swagger-ui/pom.properties";

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/docs/*.js", "/docs/*.css", "/docs/*.png")
        .addResourceLocations("classpath:/docs/", swaggerUi())
        .setCacheControl(CacheControl.maxAge(Duration.ofHours(1)))
        // Every build writes the same time into its jar: it does not tell a new file from an old.
        .setUseLastModified(false);
  }

  /** The webjar's folder, which bears the version that the webjar says it has. */
  private static String swaggerUi() {
    try {
      Properties webjar = PropertiesLoaderUtils.loadProperties(new ClassPathResource(WEBJAR));
      return "classpath:/META-INF/resources/webjars/swagger-ui/%s/"
          .formatted(webjar.getProperty("version"));
    } catch (IOException e) {
      throw new UncheckedIOException("Swagger UI is not on the class path", e);
    }
  }
}
