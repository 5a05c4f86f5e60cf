package io.mlp.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

class OwnAddressTest {
  private static final String KEY = "management.server.address";

  private static ConfigurableEnvironment initialized(String... properties) {
    GenericApplicationContext context = new GenericApplicationContext();
    TestPropertyValues.of(properties).applyTo(context);
    new OwnAddress().initialize(context);
    return context.getEnvironment();
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1,127.0.0.1", "0.0.0.0,0.0.0.0", "localhost,127.0.0.1"})
  void isTheAddressOfThisMachine(String name, String own) {
    assertThat(initialized(KEY + "=" + name).getProperty(KEY)).isEqualTo(own);
  }

  @Test
  void leavesEveryAddress_whenNoneIsNamed() {
    assertThat(initialized().getProperty(KEY)).isNull();
  }

  @Test
  void stopsTheStart_whenTheAddressIsAnotherMachines() {
    // TEST-NET-1 of RFC 5737, which nobody has.
    assertThatThrownBy(() -> initialized(KEY + "=192.0.2.1"))
        .hasMessage(
            "management.server.address: 192.0.2.1 stands for [/192.0.2.1] (expected: an address of this machine)");
  }

  @Test
  void stopsTheStart_whenTheNameHasNoAddress() {
    assertThatThrownBy(() -> initialized(KEY + "=nobody.invalid"))
        .hasMessage("management.server.address: nobody.invalid (expected: a name with an address)");
  }
}
