// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of SMART scopes, and what two of them have in common. */
class ScopeTest {

    @ParameterizedTest
    @CsvSource({
        "patient/Observation.rs, patient/Observation.rs",
        "user/*.cruds, user/*.cruds",
        "system/Patient.r, system/Patient.r",
        "patient/*.read, patient/*.rs",
        "user/Patient.write, user/Patient.cud",
        "user/Patient.*, user/Patient.cruds",
        "patient/Condition.rs?category=health-concern, patient/Condition.rs?category=health-concern",
    })
    void readsBothVersions(String text, String asVersion2) {
        assertThat(Scope.parse(text).map(Scope::text)).contains(asVersion2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "openid",
                "launch/patient",
                "patient/Observation",
                "patient/Observation.sr",
                "patient/Observation.rr",
                "patient/Observation.",
                "clinician/Observation.rs",
                "patient/observation.rs",
                "patient/Observation.rs?",
                "patient/Observation.rs?category",
                "patient/Observation.rs?=x",
                "patient/Observation.rs?category=",
                "patient/Observation.rs?subject.name=x",
                "patient/Observation.rs?code:in=x",
                "patient/Observation.rs?_count=1",
                "patient/Observation.rs?_has:Provenance:target:agent=x",
                "patient/Observation.rs?category=%zz",
            })
    void leavesOutWhatIsNoScope(String text) {
        assertThat(Scope.parse(text)).isEmpty();
    }

    @Test
    void readsAFilterWithItsSystem() {
        Scope scope = Scope.parse("patient/Condition.rs?category=http://example.org/c%7Cproblem&_security=R")
                .orElseThrow();

        assertThat(scope.filter())
                .containsEntry("category", List.of("http://example.org/c|problem"))
                .containsEntry("_security", List.of("R"));
        assertThat(Scope.parse(scope.text())).contains(scope);
    }

    @ParameterizedTest
    @CsvSource({
        "user/*.cruds,            user/Patient.rs,             user/Patient.rs",
        "user/Patient.rs,         user/*.cruds,                user/Patient.rs",
        "user/Patient.rs,         user/Patient.cu,             ",
        "user/Patient.rs,         system/Patient.rs,           ",
        "user/Patient.rs,         user/Goal.rs,                ",
        "user/Goal.rs,            user/Goal.rs?_id=1,          user/Goal.rs?_id=1",
        "user/Goal.rs?_id=1,      user/Goal.r,                 user/Goal.r?_id=1",
        "user/Goal.rs?_id=1,      user/Goal.rs?_id=2,          ",
    })
    void grantsWhatIsAskedAndRegistered(String registered, String asked, String granted) {
        Scope one = Scope.parse(registered).orElseThrow();
        Scope other = Scope.parse(asked).orElseThrow();

        assertThat(one.and(other).map(Scope::text)).isEqualTo(Optional.ofNullable(granted));
    }

    @ParameterizedTest
    @CsvSource({
        "user/*.cruds, user/Goal.rs?_id=1, true",
        "user/Goal.rs?_id=1, user/Goal.rs, false",
        "user/Goal.rs, user/Goal.crs, false",
        "patient/Goal.rs, user/Goal.rs, false",
    })
    void coversOnlyWhatItPermitsAlone(String one, String other, boolean covers) {
        assertThat(Scope.parse(one).orElseThrow().covers(Scope.parse(other).orElseThrow()))
                .isEqualTo(covers);
    }
}
