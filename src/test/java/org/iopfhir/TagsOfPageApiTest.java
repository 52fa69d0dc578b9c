// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tags, labels and profiles are the same on a page as in a read. */
class TagsOfPageApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void eachResourceOfAPageHasItsOwn() {
        List<String> ids = new ArrayList<>();
        ids.add(stored(new Coding("urn:tags", "one", "First").setVersion("2").setUserSelected(true)));
        ids.add(stored(new Coding("urn:tags", "two", null).setUserSelected(false)));
        ids.add(stored(null));

        List<BundleEntryComponent> page =
                fhir.search("Patient?_id=" + String.join(",", ids)).getEntry();

        assertThat(page).hasSize(ids.size());
        for (BundleEntryComponent entry : page) {
            Meta shown = entry.getResource().getMeta();
            Meta read = meta("Patient/" + entry.getResource().getIdElement().getIdPart());
            assertThat(shown.equalsDeep(read)).as("%s", shown.getTag()).isTrue();
            assertThat(shown.getSecurity()).isNotEmpty();
            assertThat(shown.getProfile()).isNotEmpty();
        }
        assertThat(meta(ids.get(0)).getTag("urn:tags", "one").getUserSelected()).isTrue();
        assertThat(meta(ids.get(2)).getTag("urn:tags", "one")).isNull();
    }

    private Meta meta(String id) {
        return fhir.get(id).send().expect(200).resource().getMeta();
    }

    private String stored(@Nullable Coding tag) {
        Patient patient = invented.patient("Tagged");
        patient.getMeta().addProfile("http://hl7.org/fhir/StructureDefinition/Patient");
        if (tag != null) {
            patient.getMeta().addTag(tag);
        }
        return fhir.store(patient);
    }

    /** An older version shows what it was given, and not what came later. */
    @Test
    void eachVersionHasItsOwn() {
        String id = stored(null);
        Patient later = invented.patient("Tagged");
        later.setId(id);
        later.getMeta().addTag(new Coding("urn:tags", "later", null));
        fhir.put(id).body(later).send().expect(200);

        List<BundleEntryComponent> versions =
                fhir.get(id + "/_history").send().expect(200).bundle().getEntry();

        assertThat(versions).hasSize(2);
        for (BundleEntryComponent version : versions) {
            String at = "/_history/" + version.getResource().getMeta().getVersionId();
            assertThat(version.getResource().getMeta().getTag())
                    .as(at)
                    .hasSameSizeAs(meta(id + at).getTag());
        }
    }
}
