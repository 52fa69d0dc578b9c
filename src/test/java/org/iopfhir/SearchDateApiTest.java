// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Period;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchDateApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();
    private final Map<String, String> names = new TreeMap<>();

    private String patient = "";

    @BeforeEach
    void patient() {
        patient = fhir.store(invented.patient("Datum"));
    }

    @ParameterizedTest(name = "birthdate={0} finds {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "1980 | b c d",
                "1980-03 | c",
                "1980-03-04 | c",
                "ne1980 | a e",
                "ge1980 | b c d e",
                "gt1980 | e",
                "le1980 | a b c d",
                "lt1980 | a",
                "sa1980 | e",
                "eb1980 | a",
                "ge1980-03 | c d e",
                "gt1980-03 | d e",
                "le1980-03 | a b c",
                "lt1980-03 | a b",
                "ge1980-03-04 | c d e",
                "gt1980-03-04 | d e",
                "le1980-03-04 | a b c",
                "lt1980-03-04 | a b",
                "1979,1981 | a e",
                "lt1980,gt1980-12-30 | a d e",
                "1980-01-01,1980-12-31 | b d",
            })
    void findsBirthdays(String query, String expected) {
        birthday("a", "1979-12-31");
        birthday("b", "1980-01-01");
        birthday("c", "1980-03-04");
        birthday("d", "1980-12-31");
        birthday("e", "1981-01-01");

        assertThat(found("Patient?gender=male&birthdate=" + query)).isEqualTo(expected.trim());
    }

    @ParameterizedTest(name = "date={0} finds {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-03-04T10:30:15.250Z | ms",
                "2026-03-04T10:30:15Z | ms sec",
                "2026-03-04T10:30Z | ms sec",
                "2026-03-04T12:30:15+02:00 | ms sec",
                "2026-03-04T05:30:15-05:00 | ms sec",
                "gt2026-03-04T10:30:15.250Z | later",
                "ge2026-03-04T10:30:15.250Z | later ms",
                "lt2026-03-04T10:30:15.250Z | sec",
                "gt2026-03-04T10:30Z | later",
                "lt2026-03-04T10:30Z | ",
                "ge2026-03-04T10:30Z | later ms sec",
                "le2026-03-04T10:30Z | ms sec",
                "sa2026-03-04T10:30Z | later",
                "eb2026-03-04T10:31Z | ms sec",
                "ne2026-03-04T10:30Z | later",
                "2026-03 | later ms sec",
                "2026 | later ms sec",
                "2026-03-04 | ms sec",
                "gt2026-03-04 | later",
                "2026-03-04,2026-03-05 | later ms sec",
                "lt2026-03-04T10:30:15.100Z,ge2026-03-05 | later sec",
            })
    void findsMoments(String query, String expected) {
        moment("sec", "2026-03-04T10:30:15Z");
        moment("ms", "2026-03-04T10:30:15.250Z");
        moment("later", "2026-03-05T08:00:00Z");

        assertThat(found("Observation?date=" + query)).isEqualTo(expected == null ? "" : expected.trim());
    }

    @ParameterizedTest(name = "date={0} finds {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-03 | inside",
                "eq2026-03 | inside",
                "ne2026-03 | open over",
                "ge2026-03-10 | inside open over",
                "gt2026-03-10 | inside open over",
                "gt2026-03-31 | open over",
                "le2026-03-10 | inside open over",
                "lt2026-03-01 | over",
                "sa2026-03-01 | inside open",
                "eb2026-03-31 | inside",
                "gt2027 | open",
            })
    void findsPeriods(String query, String expected) {
        period("inside", "2026-03-02", "2026-03-20");
        period("over", "2026-02-20", "2026-04-02");
        period("open", "2026-03-05", null);

        assertThat(found("Encounter?date=" + query)).isEqualTo(expected.trim());
    }

    @Test
    void findsWhatIsApproximatelyThen() {
        moment("near", "2026-03-04T10:30:15Z");
        moment("far", "1999-03-04T10:30:15Z");

        assertThat(found("Observation?date=ap2026-03-06")).isEqualTo("near");
        assertThat(found("Observation?date=ap2026")).isEqualTo("near");
        assertThat(found("Observation?date=ap1999-03-04T10:30:15Z")).isEqualTo("far");
    }

    @Test
    void narrowsByRepeating() {
        moment("a", "2026-03-04T10:30:15Z");
        moment("b", "2026-03-05T10:30:15Z");
        moment("c", "2026-03-06T10:30:15Z");

        assertThat(found("Observation?date=ge2026-03-05&date=lt2026-03-06")).isEqualTo("b");
    }

    @Test
    void understandsDatesInChainsAndReverseChains() {
        birthday("old", "1940-05-05");
        moment("seen", "2026-03-04T10:30:15Z");

        assertThat(fhir.get("Observation?subject:Patient.birthdate=ge1980&" + invented.tagged())
                        .send()
                        .matches())
                .isEmpty();
        assertThat(fhir.get("Patient?_has:Observation:patient:date=le2026-03&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(patient);
    }

    @Test
    void findsWhatHasNoDate() {
        String without = fhir.store(invented.patient("Ohne"));
        birthday("a", "1979-12-31");

        assertThat(fhir.get("Patient?birthdate:missing=true&" + invented.tagged())
                        .send()
                        .matches())
                .contains(without);
        assertThat(found("Patient?birthdate:missing=false")).isEqualTo("a");
    }

    @Test
    void readsTheTimeOfTheLastChange() {
        moment("now", "2026-03-04T10:30:15Z");

        assertThat(found("Observation?_lastUpdated=ge2020")).isEqualTo("now");
        assertThat(found("Observation?_lastUpdated=gt2020&_lastUpdated=lt2120")).isEqualTo("now");
        assertThat(found("Observation?_lastUpdated=le2020")).isEqualTo("");
        assertThat(found("Observation?_lastUpdated=2020")).isEqualTo("");
        fhir.get("Observation?_lastUpdated=2020,2021").send().refusal(400, IssueType.INVALID);
        fhir.get("Observation?_lastUpdated=ne2020").send().refusal(400, IssueType.INVALID);
    }

    @ParameterizedTest
    @CsvSource({"tomorrow", "2026-13-01", "2026-02-30", "26-01-01", "zz2026", "2026-03-04T25:00:00Z", "ge"})
    void refusesWhatIsNoDate(String value) {
        fhir.get("Patient?birthdate=" + value).send().expect(400);
        fhir.get("Patient?_lastUpdated=" + value).send().expect(400);
        fhir.get("Observation?subject:Patient.birthdate=" + value).send().expect(400);
    }

    private void birthday(String name, String date) {
        Patient born = invented.patient(name);
        born.setGender(org.hl7.fhir.r4.model.Enumerations.AdministrativeGender.MALE);
        born.setBirthDateElement(new DateType(date));
        names.put(fhir.store(born), name);
    }

    private void moment(String name, String time) {
        Observation seen = invented.observation(patient);
        seen.setEffective(new DateTimeType(time));
        names.put(fhir.store(seen), name);
    }

    private void period(String name, String from, @Nullable String to) {
        Encounter stay = invented.encounter(patient);
        Period period = new Period().setStartElement(new DateTimeType(from));
        if (to != null) {
            period.setEndElement(new DateTimeType(to));
        }
        names.put(fhir.store(stay.setPeriod(period)), name);
    }

    /** Names of those found, in alphabetical order. */
    private String found(String query) {
        List<String> ids =
                fhir.get(query + "&" + invented.tagged()).send().expect(200).matches();
        return ids.stream().map(id -> names.getOrDefault(id, id)).sorted().collect(Collectors.joining(" "));
    }
}
