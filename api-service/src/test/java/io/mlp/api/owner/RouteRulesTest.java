package io.mlp.api.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.mock.web.MockServletContext;
import org.springframework.stereotype.Controller;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The table holds every route that the controllers have, and no other. */
class RouteRulesTest {
  /** Files of the page at /docs, which no controller serves. */
  private static final String FILES = "GET /docs/{file}";

  @Test
  void namesEveryRouteThereIs() {
    TreeSet<String> ruled =
        RouteRules.table().stream()
            .map(rule -> rule.method() + " " + rule.path())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(ruled).hasSameSizeAs(RouteRules.table());
    assertThat(ruled.remove(FILES)).isTrue();
    assertThat(ruled).isEqualTo(mapped());
  }

  private static Set<String> mapped() {
    Set<String> routes = new TreeSet<>();
    try (var context = new GenericWebApplicationContext(new MockServletContext())) {
      var scanner = new ClassPathBeanDefinitionScanner(context, false);
      scanner.addIncludeFilter(new AnnotationTypeFilter(Controller.class));
      scanner.getBeanDefinitionDefaults().setLazyInit(true);
      scanner.scan("io.mlp.api");
      context.registerBean(RequestMappingHandlerMapping.class);
      context.refresh();
      context
          .getBean(RequestMappingHandlerMapping.class)
          .getHandlerMethods()
          .forEach((mapping, handler) -> {
            if (!ErrorController.class.isAssignableFrom(handler.getBeanType())) {
              mapping
                  .getMethodsCondition()
                  .getMethods()
                  .forEach(method ->
                      mapping.getPatternValues().forEach(path -> routes.add(method + " " + path)));
            }
          });
    }
    return routes;
  }
}
