// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,     10.255.3.4,     true",
        "10.0.0.0/8,     11.0.0.1,       false",
        "192.168.4.0/22, 192.168.7.255,  true",
        "192.168.4.0/22, 192.168.8.0,    false",
        "127.0.0.1,      127.0.0.1,      true",
        "127.0.0.1,      127.0.0.2,      false",
        "0.0.0.0/0,      8.8.8.8,        true",
        "0.0.0.0/0,      ::1,            false",
        "::1,            0:0:0:0:0:0:0:1, true",
        "fd00::/9,       fd7f::1,        true",
        "fd00::/9,       fd80::1,        false",
        "10.0.0.0/8,     localhost,      false",
        "10.0.0.0/8,     10.1,           false",
        "10.0.0.0/8,     10.1.1.999,     false",
        "10.0.0.0/8,     10.1.1.1.,      false",
    })
    void knowsWhoIsInside(String network, String address, boolean inside) {
        assertThat(Networks.of(List.of("203.0.113.7", network)).contain(address))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example.org", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/", "", "::/129"})
    void refusesWhatIsNoNetwork(String text) {
        assertThatThrownBy(() -> Networks.of(List.of(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsAMachineOfIpv6ByItsNetwork() {
        assertThat(Networks.household("2001:db8:1:2:3:4:5:6"))
                .isEqualTo(Networks.household("[2001:db8:1:2::9]"))
                .isNotEqualTo(Networks.household("2001:db8:1:3::9"));
        assertThat(Networks.household("192.0.2.7")).isEqualTo("192.0.2.7");
    }
}
