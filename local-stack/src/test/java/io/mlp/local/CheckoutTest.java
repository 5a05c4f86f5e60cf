package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {
  @TempDir private Path folder;

  @Test
  void isFoundFromAnyFolderInside() throws IOException {
    Path inside = Files.createDirectories(folder.resolve("local-stack/src/main"));
    Files.writeString(folder.resolve("local-stack/pom.xml"), "<project/>");
    assertThat(Checkout.above(inside)).contains(new Checkout(folder));
    assertThat(Checkout.above(folder)).contains(new Checkout(folder));
  }

  @Test
  void isNotFoundOutside() {
    assertThat(Checkout.above(folder)).isEmpty();
  }

  @Test
  void isTheOneOfThisTest() {
    assertThat(Checkout.locate().root().resolve("local-stack/src/test")).isDirectory();
  }
}
