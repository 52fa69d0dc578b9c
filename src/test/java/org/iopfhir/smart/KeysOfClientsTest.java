// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.iopfhir.smart.KeysOfClients.UnreachableKeysException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key URL is an address that the server opens: it must not lead into the operator's own network. */
class KeysOfClientsTest {

    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server = start();

    private static HttpServer start() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void serve() {
        server.createContext("/redirect", exchange -> {
            exchange.getResponseHeaders().add("Location", "/secret");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/secret", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, 0);
            exchange.close();
        });
        server.createContext("/huge", exchange -> {
            byte[] some = "{\"keys\": [".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, 0);
            try {
                for (int i = 0; i < 100_000; i++) {
                    exchange.getResponseBody().write(some);
                }
            } catch (IOException e) {
                // the server has heard enough
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Client client(String path) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + path;
        return new Client(
                "c",
                "c",
                new Client.Proof(Client.Kind.JWKS, null, null, url),
                new Client.App(List.of(), null, List.of()),
                List.of(),
                new Client.Standing(Set.of(), null, null));
    }

    @Test
    void anAddressOfThisMachineIsNotAsked() {
        assertThatThrownBy(() -> new KeysOfClients(false).of(client("/secret"), "k"))
                .isInstanceOf(UnreachableKeysException.class);
        assertThat(asked).hasValue(0);
    }

    @Test
    void aRedirectIsNotFollowed() {
        assertThatThrownBy(() -> new KeysOfClients(true).of(client("/redirect"), "k"))
                .isInstanceOf(UnreachableKeysException.class)
                .hasMessageContaining("302");
        assertThat(asked).hasValue(0);
    }

    @Test
    void anAnswerWithoutEndIsCutOff() {
        assertThatThrownBy(() -> new KeysOfClients(true).of(client("/huge"), "k"))
                .isInstanceOf(UnreachableKeysException.class)
                .hasMessageContaining("bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "::1",
                "fe80::1",
                "fd00::1",
                "::ffff:10.0.0.1"
            })
    void privateAddressesAreKnown(String address) throws Exception {
        assertThat(KeysOfClients.isLocal(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"93.184.216.34", "2606:2800:220:1::1", "100.128.0.1"})
    void publicAddressesAreAsked(String address) throws Exception {
        assertThat(KeysOfClients.isLocal(InetAddress.getByName(address))).isFalse();
    }
}
