// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A comparison that sees nothing is green too. */
class RoundTripTest {

    private final RoundTrip roundTrip = new RoundTrip();

    @Test
    void overlooksWhatTheServerMayChange() {
        roundTrip.learn(
                json("{'entry':[{'fullUrl':'urn:uuid:1','resource':{'resourceType':'Patient',"
                        + "'identifier':[{'system':'s','value':'v'}]}}]}"),
                json("{'entry':[{'response':{'location':'Patient/7/_history/1'}}]}"));

        assertThat(roundTrip.difference(
                        json("{'id':'1','a':{'reference':'urn:uuid:1'},'b':[{'reference':'Patient?identifier=s|v'}]}"),
                        json("{'b':[{'reference':'Patient/7'}],'a':{'reference':'Patient/7'},'meta':{'x':1}}")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {'a':1.10}                      | {'a':1.1}
            {'a':1}                         | {'a':'1'}
            {'a':'x'}                       | {}
            {}                              | {'a':'x'}
            {'a':[1,2]}                     | {'a':[2,1]}
            {'a':[1]}                       | {'a':[1,2]}
            {'a':{'id':'x'}}                | {'a':{'id':'y'}}
            {'a':{'reference':'urn:uuid:9'}} | {'a':{'reference':'Patient/9'}}
            """)
    void seesWhatTheServerMayNotChange(String sent, String read) {
        assertThat(roundTrip.difference(json(sent), json(read))).isPresent();
    }

    private static JsonNode json(String text) {
        return RoundTrip.parse(text.replace('\'', '"'));
    }
}
