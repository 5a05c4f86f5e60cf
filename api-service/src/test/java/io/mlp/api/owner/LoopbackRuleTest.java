package io.mlp.api.owner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class LoopbackRuleTest {
  private final MockHttpServletRequest request = new MockHttpServletRequest();

  LoopbackRuleTest() {
    request.setRemoteAddr("127.0.0.1");
    request.addHeader("Host", "127.0.0.1:4789");
  }

  @Test
  void holdsForAProgramOnThisMachine() {
    assertThat(LoopbackRule.holdsFor(request)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:4789", "127.0.0.1", "127.8.9.1:80", "[::1]:4789"})
  void takesTheNamesOfThisMachine(String host) {
    request.removeHeader("Host");
    request.addHeader("Host", host);
    assertThat(LoopbackRule.holdsFor(request)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlpapi.localhost",
        "127.0.0.1.example.org",
        "localhost.example.org",
        "api",
        "10.0.0.1:4789"
      })
  void doesNotHold_whenTheHostIsAnother(String host) {
    request.removeHeader("Host");
    request.addHeader("Host", host);
    assertThat(LoopbackRule.holdsFor(request)).isFalse();
  }

  @Test
  void doesNotHold_whenThereIsNoHostOrTwo() {
    request.addHeader("Host", "localhost");
    assertThat(LoopbackRule.holdsFor(request)).isFalse();
    request.removeHeader("Host");
    assertThat(LoopbackRule.holdsFor(request)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Forwarded, for=10.0.0.1",
    "X-Forwarded-For, 127.0.0.1",
    "x-forwarded-host, localhost",
    "Via, 1.1 proxy",
    "Origin, https://example.org",
    "Origin, null",
    "Origin, http://127.0.0.1:8080"
  })
  void doesNotHold_whenSomebodyElseIsBehindIt(String header, String value) {
    request.addHeader(header, value);
    assertThat(LoopbackRule.holdsFor(request)).isFalse();
  }

  @Test
  void holdsForTheServersOwnPage() {
    request.addHeader("Origin", "http://127.0.0.1:4789");
    assertThat(LoopbackRule.holdsFor(request)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "192.168.0.7", "2001:db8::1", "128.0.0.1"})
  void doesNotHold_whenTheSocketIsOfAnotherMachine(String address) {
    request.setRemoteAddr(address);
    assertThat(LoopbackRule.holdsFor(request)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "0:0:0:0:0:0:0:1", "::1"})
  void holdsForEachAddressOfLoopback(String address) {
    request.setRemoteAddr(address);
    assertThat(LoopbackRule.holdsFor(request)).isTrue();
  }
}
