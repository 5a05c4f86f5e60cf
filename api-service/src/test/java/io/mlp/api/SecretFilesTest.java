package io.mlp.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.env.ConfigTreePropertySource.Option;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** Passwords come from files, as config/write-secrets writes them, whatever they hold. */
class SecretFilesTest {
  @TempDir private Path secrets;

  private StandardEnvironment environment() throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    MutablePropertySources sources = environment.getPropertySources();
    sources.addLast(
        new ConfigTreePropertySource("files", secrets, Option.AUTO_TRIM_TRAILING_NEW_LINE));
    new YamlPropertySourceLoader()
        .load("api", new ClassPathResource("api.yml"))
        .forEach(sources::addLast);
    return environment;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain                | plain",
        "a@b:c/d?e%f&g=h+i'j k | a@b:c/d?e%f&g=h+i'j k",
        "#{1+1}$1$$\\\"       | #{1+1}$1$$\\\"",
        "\\${PATH}            | ${PATH}",
        "x\\${user.home:y}z   | x${user.home:y}z",
        "\\\\${PATH}          | \\${PATH}",
        "${unclosed           | ${unclosed",
        "\\${a}\\${b}         | ${a}${b}",
        "pässwörd✓            | pässwörd✓"
      })
  void areTakenToTheLetter(String file, String password) throws IOException {
    Files.writeString(secrets.resolve("DATABASE_PASS"), file);
    assertThat(Binder.get(environment()).bind("spring.datasource.password", String.class).get())
        .isEqualTo(password);
  }

  @Test
  void areLookedForWhereComposePutsThem() throws IOException {
    assertThat(environment().getProperty("spring.config.import"))
        .isEqualTo("optional:configtree:/run/secrets/");
  }
}
