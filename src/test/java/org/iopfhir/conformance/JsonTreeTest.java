// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IJsonLikeParser;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.utilities.json.parser.JsonParser;
import org.junit.jupiter.api.Test;

class JsonTreeTest {
    private final FhirContext fhir = FhirContext.forR4Cached();

    @Test
    void isWhatHl7WouldReadFromTheText() throws Exception {
        List<Path> examples = Stream.of("valid", "invalid")
                .flatMap(kind -> Sources.examples(kind).stream())
                .toList();

        assertThat(examples).hasSizeGreaterThan(500);
        for (Path example : examples) {
            assertSame(Sources.parse(fhir, example));
        }
    }

    @Test
    void keepsNumbersAsTheyWereWrittenAndWhatStandsBesideValues() throws Exception {
        for (String number : List.of("0.0000001", "1E+5", "1.10", "100000000000000000000000", "0.00")) {
            assertSame(new Observation().setValue(new Quantity().setValue(new BigDecimal(number))));
        }
        Patient patient = new Patient();
        patient.setActive(true)
                .addName()
                .addGiven("Rowan")
                .addGivenElement()
                .addExtension("urn:x", new StringType("y"));
        patient.getBirthDateElement().addExtension("urn:z", new BooleanType(true));
        assertSame(patient);
    }

    private void assertSame(Resource resource) throws Exception {
        JsonTree tree = new JsonTree();
        ((IJsonLikeParser) fhir.newJsonParser()).encodeResourceToJsonLikeWriter(resource, tree);
        String text = fhir.newJsonParser().encodeResourceToString(resource);

        assertThat(tree.root().toString())
                .isEqualTo(JsonParser.parseObject(text).toString());
    }
}
