// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberLimitTest {

    private final NumberLimit limit = new NumberLimit(64, 99);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "-1E+999999999",
                "1e-999999999",
                "1.5e100",
                "1e0000000000000100",
                " 1e1000 ",
                ".5e100",
                "5.e100",
                "1e99999999999999999999999",
                "\uFF11e\uFF19\uFF19\uFF19",
                "12345678901234567890123456789012345678901234567890123456789012345"
            })
    void isExceededByWhatWouldBeWrittenOutAtLength(String number) {
        assertThat(limit.isExceededBy(number)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "-1.50",
                "1e99",
                "1E-99",
                "6.02214076e23",
                "e999",
                "1e",
                "1e+",
                "1e999x",
                "1.2.3e999",
                "5e123456-89ab-cdef-0123-456789abcdef",
                "2026-11-25",
                "urn:oid:1.2.3",
                "1234567890123456789012345678901234567890123456789012345678901234"
            })
    void isNotExceededByOrdinaryNumbersAndByText(String text) {
        assertThat(limit.isExceededBy(text)).isFalse();
    }
}
