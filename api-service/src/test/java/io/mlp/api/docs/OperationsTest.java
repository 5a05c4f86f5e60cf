package io.mlp.api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.core.MethodParameter;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.mock.web.MockServletContext;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Holds the operations that are described against those that the controllers have. */
class OperationsTest {
  private final OpenApi openApi = OpenApi.read();

  /** Lines like {@code GET /v1/jobs/{id}} and {@code GET /v1/jobs/{id} query wait}. */
  private final Set<String> described = new TreeSet<>();

  private final Set<String> mapped = new TreeSet<>();

  @Test
  void areThoseOfTheControllersWithTheirParameters() {
    openApi.at("/paths").forEachEntry(this::describe);
    mappings().forEach(this::map);
    assertThat(described).isEqualTo(mapped);
  }

  private void describe(String path, JsonNode item) {
    item.forEachEntry((method, operation) -> {
      String name = method.toUpperCase(Locale.ROOT) + " " + path;
      described.add(name);
      for (JsonNode entry : operation.path("parameters")) {
        JsonNode parameter = openApi.resolved(entry);
        String in = parameter.path("in").asString();
        if (!in.equals("header")) {
          described.add(name + " " + in + " " + parameter.path("name").asString());
        }
      }
    });
  }

  /** As Spring maps the controllers, which are found but never made: they would need servers. */
  private static Map<RequestMappingInfo, HandlerMethod> mappings() {
    try (var context = new GenericWebApplicationContext(new MockServletContext())) {
      var scanner = new ClassPathBeanDefinitionScanner(context, false);
      scanner.addIncludeFilter(new AnnotationTypeFilter(Controller.class));
      scanner.getBeanDefinitionDefaults().setLazyInit(true);
      scanner.scan("io.mlp.api");
      context.registerBean(RequestMappingHandlerMapping.class);
      context.refresh();
      return context.getBean(RequestMappingHandlerMapping.class).getHandlerMethods();
    }
  }

  private void map(RequestMappingInfo mapping, HandlerMethod handler) {
    Class<?> controller = handler.getBeanType();
    boolean page = controller.getPackage().equals(OperationsTest.class.getPackage());
    if (page || ErrorController.class.isAssignableFrom(controller)) {
      return;
    }
    for (String path : mapping.getPatternValues()) {
      for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
        mapped.add(method + " " + path);
        mapParameters(method + " " + path, handler);
      }
    }
  }

  private void mapParameters(String operation, HandlerMethod handler) {
    Arrays.stream(handler.getMethodParameters())
        .map(MethodParameter::getParameter)
        .forEach(parameter -> {
          if (parameter.isAnnotationPresent(RequestParam.class)) {
            mapped.add(operation + " query " + parameter.getName());
          } else if (parameter.isAnnotationPresent(PathVariable.class)) {
            mapped.add(operation + " path " + parameter.getName());
          }
        });
  }
}
