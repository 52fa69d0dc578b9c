// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.Narrative;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a search gives back: pages, order, totals, parts. */
class SearchResultApiTest {

    private static final List<String> FAMILIES =
            List.of("Anton", "Berta", "Caesar", "Dora", "Emil", "Friedrich", "Gustav");

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void patients() {
        for (String family : FAMILIES) {
            Patient patient = invented.patient(family);
            patient.setBirthDateElement(new DateType(ids.size() % 2 == 0 ? "1990-01-01" : "1980-01-01"));
            patient.getText().setStatus(Narrative.NarrativeStatus.GENERATED);
            patient.getText().setDivAsString("<div>" + family + "</div>");
            ids.add(fhir.store(patient));
        }
    }

    @Test
    void namesItselfAndItsMatches() {
        Bundle bundle = fhir.search("Patient?family=Anton&" + invented.tagged());

        assertThat(bundle.getType()).isEqualTo(BundleType.SEARCHSET);
        assertThat(bundle.getLink("self").getUrl())
                .startsWith(fhir.base() + "/Patient?")
                .contains("family=Anton");
        assertThat(bundle.getEntryFirstRep().getFullUrl()).isEqualTo(fhir.base() + "/" + ids.get(0));
        assertThat(bundle.getEntryFirstRep().getSearch().getMode()).isEqualTo(Bundle.SearchEntryMode.MATCH);
    }

    @Test
    void pagesForwardAndBackCoveringEverythingOnce() {
        Bundle page = fhir.search("Patient?_count=3&_sort=family&" + invented.tagged());
        List<String> seen = new ArrayList<>(Answer.matches(page));
        assertThat(page.getLink("previous")).isNull();
        while (page.getLink("next") != null) {
            page = fhir.search(page.getLink("next").getUrl());
            seen.addAll(Answer.matches(page));
        }
        assertThat(seen).isEqualTo(ids);

        Bundle back = fhir.search(page.getLink("previous").getUrl());
        assertThat(Answer.matches(back)).isEqualTo(ids.subList(3, 6));
    }

    @Test
    void keepsTheWholeQueryInTheNextLink() {
        Bundle page = fhir.search(
                "Patient?_count=2&_sort=-family&_elements=id&_total=accurate&birthdate=1990&" + invented.tagged());

        String next = page.getLink("next").getUrl();
        assertThat(next).contains("_sort=-family", "_elements=id", "birthdate=1990", "_count=2");
        assertThat(fhir.search(next).getTotal()).isEqualTo(4);
    }

    @Test
    void endsWithoutAnEmptyPage() {
        Bundle first = fhir.search("Patient?_count=7&" + invented.tagged());
        assertThat(first.getEntry()).hasSize(7);
        assertThat(first.getLink("next")).isNull();

        Bundle beyond = fhir.search("Patient?_count=7&_offset=70&" + invented.tagged());
        assertThat(beyond.getEntry()).isEmpty();
        assertThat(beyond.getLink("next")).isNull();
    }

    @Test
    void boundsThePage() {
        Bundle bundle = fhir.search("Patient?_count=1000000&" + invented.tagged());

        assertThat(bundle.getLink("self").getUrl()).contains("_count=500");
        fhir.get("Patient?_offset=100000000&" + invented.tagged()).send().refusal(403, IssueType.TOOCOSTLY);
        fhir.get("Patient?_offset=-1").send().refusal(400, IssueType.INVALID);
        fhir.get("Patient?_count=-1").send().refusal(400, IssueType.INVALID);
        fhir.get("Patient?_count=many").send().refusal(400, IssueType.INVALID);
    }

    @Test
    void boundsTheConditions() {
        fhir.get("Patient?family=" + "a,".repeat(600)).send().refusal(403, IssueType.TOOCOSTLY);
        fhir.get("Patient?" + "family=a&".repeat(60)).send().refusal(403, IssueType.TOOCOSTLY);
    }

    @Test
    void countsOnly() {
        Bundle none = fhir.search("Patient?_count=0&" + invented.tagged());
        Bundle count = fhir.search("Patient?_summary=count&" + invented.tagged());

        assertThat(none.getTotal()).isEqualTo(7);
        assertThat(none.getEntry()).isEmpty();
        assertThat(none.getLink("next")).isNull();
        assertThat(count.getTotal()).isEqualTo(7);
        assertThat(count.getEntry()).isEmpty();
    }

    @Test
    void givesTheTotalThatIsAskedFor() {
        assertThat(fhir.search("Patient?_total=accurate&_count=2&" + invented.tagged())
                        .getTotal())
                .isEqualTo(7);
        assertThat(fhir.search("Patient?_total=none&_count=2&" + invented.tagged())
                        .hasTotal())
                .isFalse();
        assertThat(fhir.search("Patient?_count=2&" + invented.tagged()).hasTotal())
                .isFalse();
        fhir.search("Patient?_total=estimate&_count=2&" + invented.tagged());
        fhir.get("Patient?_total=foo").send().refusal(400, IssueType.INVALID);
    }

    @Test
    void sortsBySeveralKeys() {
        assertThat(sorted("family")).isEqualTo(ids);
        assertThat(sorted("-family")).isEqualTo(reversed(ids));
        assertThat(sorted("birthdate,-family"))
                .containsExactly(ids.get(5), ids.get(3), ids.get(1), ids.get(6), ids.get(4), ids.get(2), ids.get(0));
        assertThat(sorted("_lastUpdated")).isEqualTo(ids);
        assertThat(sorted("-_lastUpdated")).isEqualTo(reversed(ids));
        assertThat(sorted("_id")).hasSize(7);
        assertThat(sorted("gender")).isEqualTo(ids);
        fhir.get("Patient?_sort=nonsense").send().refusal(400, IssueType.INVALID);
    }

    @Test
    void sortsWhatLacksTheKeyToo() {
        String without = fhir.store(invented.patient("Ohne"));

        assertThat(sorted("birthdate")).hasSize(8).contains(without);
        assertThat(sorted("-birthdate")).hasSize(8).contains(without);
    }

    @Test
    void summarizes() {
        String query = "Patient?family=Anton&" + invented.tagged();

        String data = fhir.get(query + "&_summary=data").send().expect(200).text();
        assertThat(data).doesNotContain("<div").contains("\"family\":\"Anton\"").contains("SUBSETTED");
        String text = fhir.get(query + "&_summary=text").send().expect(200).text();
        assertThat(text).contains("<div").doesNotContain("\"family\"");
        String summary = fhir.get(query + "&_summary=true").send().expect(200).text();
        assertThat(summary).doesNotContain("<div").contains("birthDate");
        String whole = fhir.get(query + "&_summary=false").send().expect(200).text();
        assertThat(whole).contains("<div").contains("\"family\":\"Anton\"").doesNotContain("SUBSETTED");
        assertThat(fhir.get(ids.get(0) + "?_summary=text").send().expect(200).text())
                .doesNotContain("\"family\"");
        fhir.get(query + "&_summary=foo").send().expect(400);
    }

    @Test
    void sendsTheElementsAskedFor() {
        String text = fhir.get("Patient?family=Anton&_elements=birthDate,gender&" + invented.tagged())
                .send()
                .text();

        assertThat(text)
                .contains("birthDate")
                .contains("\"gender\"")
                .doesNotContain("\"family\"")
                .contains("SUBSETTED");
        assertThat(fhir.get(ids.get(0) + "?_elements=gender").send().expect(200).text())
                .doesNotContain("birthDate");
    }

    @Test
    void searchesByPost() {
        String form = "family=Berta&_tag=" + Invented.SYSTEM + "%7C" + invented.tag();

        Answer answer = fhir.post("Patient/_search")
                .body("application/x-www-form-urlencoded", form)
                .send()
                .expect(200);

        assertThat(answer.matches()).containsExactly(ids.get(1));
        assertThat(fhir.post("Patient/_search?family=Berta")
                        .body(
                                "application/x-www-form-urlencoded",
                                invented.tagged().replace("|", "%7C"))
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(ids.get(1));
        assertThat(fhir.post("Patient/_search?" + invented.tagged())
                        .body("application/x-www-form-urlencoded", "")
                        .send()
                        .expect(200)
                        .matches())
                .hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"family=%ZZ", "family=%", "%", "family=%E4%F6", "=", "&&", "family", "family=%00"})
    void refusesBrokenEscapes(String form) {
        int status = fhir.post("Patient/_search")
                .body("application/x-www-form-urlencoded", form)
                .send()
                .status();

        assertThat(status).as(form).isIn(200, 400);
    }

    @Test
    void refusesUnknownParametersUnlessTheClientIsLenient() {
        String query = "Patient?nonsense=1&family=Anton&" + invented.tagged();

        fhir.get(query).send().refusal(400, IssueType.INVALID);
        fhir.get(query).header("Prefer", "handling=strict").send().refusal(400, IssueType.INVALID);
        Answer lenient =
                fhir.get(query).header("Prefer", "handling=lenient").send().expect(200);

        assertThat(lenient.matches()).containsExactly(ids.get(0));
        assertThat(lenient.bundle().getLink("self").getUrl())
                .doesNotContain("nonsense")
                .contains("family=Anton");
        fhir.get("Patient?birthdate=nonsense")
                .header("Prefer", "return=minimal; handling=lenient")
                .send()
                .expect(400);
        fhir.get("Patient?nonsense:exact=1&nonsense.name=2")
                .header("Prefer", "handling=lenient")
                .send()
                .expect(200);
    }

    private List<String> sorted(String keys) {
        return Answer.matches(fhir.search("Patient?_sort=" + keys + "&" + invented.tagged()));
    }

    private static List<String> reversed(List<String> list) {
        List<String> reversed = new ArrayList<>(list);
        java.util.Collections.reverse(reversed);
        return reversed;
    }
}
