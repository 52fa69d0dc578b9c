// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iopfhir.storage.Reach.Part;
import org.junit.jupiter.api.Test;

/** What several scopes reach together, and when one search can say it. */
class ReachTest {

    private static final Part ALL = new Part(null, Map.of());
    private static final Part OF_P = new Part(Set.of("p"), Map.of());
    private static final Part OF_Q = new Part(Set.of("q"), Map.of());
    private static final Part LAB = new Part(null, Map.of("category", List.of("laboratory")));
    private static final Part SURVEY = new Part(null, Map.of("category", List.of("survey")));
    private static final Part FINAL = new Part(null, Map.of("status", List.of("final")));

    @Test
    void theWiderPartCoversTheNarrower() {
        assertThat(reach(OF_P, ALL, LAB)).isEqualTo(Reach.WHOLE);
        assertThat(reach(ALL, LAB).isWhole()).isTrue();
        assertThat(reach(OF_P, OF_P).parts()).containsExactly(OF_P);
        assertThat(Reach.WHOLE.covers(reach(OF_P))).isTrue();
        assertThat(reach(OF_P).covers(Reach.WHOLE)).isFalse();
        assertThat(reach(LAB).covers(new Reach(List.of(new Part(Set.of("p"), LAB.filter())))))
                .isTrue();
        assertThat(reach(OF_P).covers(reach(OF_Q))).isFalse();
        assertThat(Reach.WHOLE.covers(Reach.NONE)).isTrue();
    }

    @Test
    void partsThatDifferInOneRespectAreOneSearch() {
        assertThat(reach(OF_P, OF_Q).asOne()).contains(new Part(Set.of("p", "q"), Map.of()));
        assertThat(reach(LAB, SURVEY).asOne().map(part -> part.query("Observation")))
                .contains("category=laboratory%2Csurvey");
        assertThat(reach(OF_P, OF_Q).asOne().map(part -> part.query("Patient"))).contains("_id=p%2Cq");
        assertThat(reach(OF_P).asOne().map(part -> part.query("Goal"))).contains("patient-compartment=Patient%2Fp");
    }

    @Test
    void partsThatDifferInTwoRespectsAreNot() {
        assertThat(reach(LAB, FINAL).asOne()).isEmpty();
        assertThat(reach(OF_P, LAB).asOne()).isEmpty();
        assertThat(reach(LAB, SURVEY, FINAL).asOne()).isEmpty();
        assertThat(Reach.NONE.asOne()).isEmpty();
    }

    private static Reach reach(Part... parts) {
        return new Reach(List.of(parts));
    }
}
