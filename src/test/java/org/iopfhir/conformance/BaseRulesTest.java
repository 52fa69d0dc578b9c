// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.util.List;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseRulesTest {
    private final FhirContext fhir = FhirContext.forR4Cached();
    private final BaseRules rules = new BaseRules(fhir);

    @Test
    void namesMissingElementsAtEveryDepth() {
        List<Issue> issues = check("""
                {"resourceType": "MedicationRequest", "status": "active", "subject": {"reference": "Patient/1"},
                 "substitution": {"reason": {"text": "because"}},
                 "contained": [{"resourceType": "Observation", "id": "o", "status": "final"}]}""");

        assertThat(issues)
                .extracting(Issue::rule)
                .containsExactlyInAnyOrder(
                        "card-intent", "card-medication", "card-substitution-allowed", "card-contained-code");
        assertThat(issues).extracting(Issue::path).contains("MedicationRequest.substitution");
    }

    @Test
    void looksIntoDataTypes() {
        List<Issue> issues = check("""
                {"resourceType": "Patient", "text": {"div": "<div xmlns='http://www.w3.org/1999/xhtml'>hello</div>"}}""");

        assertThat(issues).extracting(Issue::rule).containsExactly("card-text-status");
    }

    @Test
    void takesAStatedReasonForAbsenceAsPresence() {
        assertThat(check("""
                {"resourceType": "Observation", "code": {"text": "mood"}, "_status": {"extension": [
                 {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}}""")).isEmpty();
    }

    @Test
    void acceptsAnOrdinaryHospitalEncounter() {
        assertThat(check("""
                {"resourceType": "Encounter", "status": "finished",
                 "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter"]},
                 "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
                 "type": [{"text": "Inpatient stay"}], "subject": {"reference": "Patient/1"}}""")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<p>Sober for <b>30</b> days</p>",
                "<table border='1'><tr><td colspan='2' style='color: red'>x</td></tr></table>",
                "<a href='https://example.org/plan'>plan</a> <a href='#top'>top</a> <a href='Patient/1'>patient</a>",
                "<img src='data:image/png;base64,AAAA' alt='chart'/> <img src='#chart' alt='chart'/>"
            })
    void acceptsNarrativeThatIsText(String html) {
        assertThat(check(narrative(html))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "<p><iframe src='x'/></p>",
                "<form/>",
                "<object/>",
                "<svg/>",
                "<style>p {}</style>"
            })
    void refusesElementsThatAreNoText(String html) {
        assertThat(check(narrative(html))).extracting(Issue::rule).containsExactly("narrative-element");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<p onclick='x()'>a</p>", "<img src='#a' onerror='x()' alt=''/>", "<p background='x'>a</p>"})
    void refusesAttributesThatRun(String html) {
        assertThat(check(narrative(html))).extracting(Issue::rule).containsExactly("narrative-attribute");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a href='javascript:alert(1)'>a</a>",
                "<a href=' JAVASCRIPT:alert(1)'>a</a>",
                "<a href='data:text/html,x'>a</a>",
                "<img src='https://tracker.example.org/p.gif' alt=''/>",
                "<img src='//tracker.example.org/p.gif' alt=''/>",
                "<img src='data:image/svg+xml;base64,AAAA' alt=''/>",
                "<p style='background: url(https://tracker.example.org/p.gif)'>a</p>"
            })
    void refusesWhatABrowserWouldRunOrFetch(String html) {
        assertThat(check(narrative(html))).extracting(Issue::rule).containsExactly("narrative-link");
    }

    @Test
    void readsNarrativesOfSectionsAndContainedResources() {
        String script =
                "\"text\": {\"status\": \"generated\", \"div\": \"<div xmlns='http://www.w3.org/1999/xhtml'><script/></div>\"}";

        assertThat(check("{\"resourceType\": \"List\", \"status\": \"current\", \"mode\": \"working\", \"contained\": ["
                        + "{\"resourceType\": \"Patient\", \"id\": \"p\", " + script + "}]}"))
                .extracting(Issue::path)
                .containsExactly("List.contained[0].text.div");
    }

    private static String narrative(String html) {
        return "{\"resourceType\": \"Patient\", \"text\": {\"status\": \"generated\", \"div\": "
                + "\"<div xmlns='http://www.w3.org/1999/xhtml'>" + html + "</div>\"}}";
    }

    private List<Issue> check(String json) {
        return rules.check((Resource) fhir.newJsonParser().parseResource(json));
    }
}
