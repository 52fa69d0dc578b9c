// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.iopfhir.Labelled.ACT_CODE;
import static org.iopfhir.Labelled.OF_PROGRAM;
import static org.iopfhir.Labelled.codes;
import static org.iopfhir.Labelled.labelled;
import static org.iopfhir.Labelled.withThoseOfTheProgram;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Trail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels rise and never fall, whichever way they are changed. */
class LabelChangeApiTest {

    private static final String JSON_PATCH = "application/json-patch+json";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String patient = "";

    @BeforeEach
    void patient() {
        patient = fhir.store(invented.patient("Etikett"));
    }

    @Test
    void makesNoNewVersionOfWhatDidNotChange() {
        Observation observation = invented.observation(patient, "5", "mg");
        String id = fhir.store(observation);
        observation.setId(id);

        Answer same = fhir.put(id).body(observation).send().expect(200);
        Answer asRead = fhir.put(id).body(read(id)).send().expect(200);
        Answer patched = fhir.patch(id)
                .body(JSON_PATCH, "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"final\"}]")
                .send()
                .expect(200);

        assertThat(List.of(same, asRead, patched))
                .extracting(answer -> answer.header("ETag"))
                .containsOnly("W/\"1\"");
    }

    @Test
    void makesNoNewVersionInATransactionEither() {
        Observation observation = invented.observation(patient, "5", "mg");
        String id = fhir.store(observation);
        observation.setId(id);
        Bundle transaction = Invented.transaction();
        Invented.put(transaction, id, observation);

        fhir.process(transaction).expect(200);

        assertThat(versionId(read(id))).isEqualTo("1");
    }

    @Test
    void stillReplacesTheProfilesAndKeepsTheTagsOfWhatIsUpdated() {
        Observation observation = invented.observation(patient, "5", "mg");
        observation.getMeta().addProfile("http://hl7.org/fhir/StructureDefinition/Observation");
        String id = fhir.store(observation);
        observation.setId(id);
        observation.setMeta(null);

        fhir.put(id).body(observation).send().expect(200);

        assertThat(read(id).getMeta().hasProfile()).isFalse();
        assertThat(read(id).getMeta().getTag(Invented.SYSTEM, invented.tag())).isNotNull();
    }

    @Test
    void raisesALabelInPlaceOfTheLowerOne() {
        Observation observation = invented.observation(patient, "5", "mg");
        String id = fhir.store(observation);
        observation.setId(id);

        fhir.put(id).body(labelled(observation, "V", "PSY")).send().expect(200);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V PSY"));
        assertThat(versionId(read(id))).isEqualTo("2");
        assertThat(codes(read(id + "/_history/1"))).containsExactlyInAnyOrder(OF_PROGRAM);
        assertThat(fhir.search(id + "/_history").getEntry())
                .extracting(entry -> codes(entry.getResource()).contains("V"))
                .containsExactly(true, false);
    }

    @Test
    void raisesALabelByAPatch() {
        String id = fhir.store(invented.observation(patient));

        fhir.patch(id).body(JSON_PATCH, patchOfConfidentiality(id, "V")).send().expect(200);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
    }

    @Test
    void keepsTheLabelsOfWhatIsPatchedElsewhere() {
        String id = fhir.store(labelled(invented.observation(patient), "V", "ETHUD"));

        fhir.patch(id)
                .body(JSON_PATCH, "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"amended\"}]")
                .send()
                .expect(200);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V ETHUD"));
        assertThat(versionId(read(id))).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "R", "U"})
    void refusesToLowerALabelAndWritesItDown(String lower) {
        Observation observation = labelled(invented.observation(patient), "V");
        String id = fhir.store(observation);
        observation.setId(id);
        observation.getMeta().getSecurity().clear();
        Trail trail = new Trail(fhir);

        Answer answer =
                trail.name(fhir.put(id).body(labelled(observation, lower))).send();

        assertThat(answer.refusal(403, IssueType.FORBIDDEN).getIssueFirstRep().getDiagnostics())
                .contains("expected was V or higher, not " + lower);
        assertThat(Trail.summary(trail.event())).isEqualTo("update U 4");
        assertThat(codes(read(id))).contains("V");
        assertThat(versionId(read(id))).isEqualTo("1");
    }

    @Test
    void refusesAPatchThatLowersOrTakesLabelsAway() {
        String id = fhir.store(labelled(invented.observation(patient), "V"));
        Trail trail = new Trail(fhir);

        trail.name(fhir.patch(id).body(JSON_PATCH, patchOfConfidentiality(id, "R")))
                .send()
                .refusal(403, IssueType.FORBIDDEN);
        trail.name(fhir.patch(id).body(JSON_PATCH, "[{\"op\":\"remove\",\"path\":\"/meta/security\"}]"))
                .send()
                .refusal(403, IssueType.FORBIDDEN);
        trail.name(fhir.patch(id).body(JSON_PATCH, "[{\"op\":\"remove\",\"path\":\"/meta\"}]"))
                .send()
                .refusal(403, IssueType.FORBIDDEN);
        trail.name(fhir.patch(id).body(removal("Observation.meta.security.where(code = 'SUD')")))
                .send()
                .refusal(403, IssueType.FORBIDDEN);

        assertThat(trail.events()).hasSize(4).extracting(Trail::summary).containsOnly("patch U 4");
        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
    }

    @Test
    void refusesToLowerInsideOfATransaction() {
        Observation stored = labelled(invented.observation(patient), "V");
        String id = fhir.store(stored);

        Bundle lowering = Invented.transaction();
        Invented.put(lowering, id, lowered(stored, id));
        fhir.process(lowering).refusal(403, IssueType.FORBIDDEN);
        Bundle removing = Invented.transaction();
        Invented.request(removing, HTTPVerb.PATCH, id)
                .setResource(patchResource("[{\"op\":\"remove\",\"path\":\"/meta/security\"}]"));
        fhir.process(removing).refusal(403, IssueType.FORBIDDEN);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
    }

    @Test
    void refusesToLowerInABatchAndAnswersTheRest() {
        Observation stored = labelled(invented.observation(patient), "V");
        String id = fhir.store(stored);
        Bundle batch = Invented.batch();
        Invented.put(batch, id, lowered(stored, id));
        Invented.post(batch, Invented.placeholder(), labelled(invented.observation(patient), "V"));

        Bundle answer = fhir.process(batch).expect(200).bundle();

        assertThat(answer.getEntry())
                .extracting(entry -> entry.getResponse().getStatus().substring(0, 3))
                .containsExactly("403", "201");
    }

    @Test
    void keepsTheLabelsThroughADeletion() {
        Observation stored = labelled(invented.observation(patient), "V", "PSY");
        String id = fhir.store(stored);
        fhir.delete(id).send().expect(200);
        Observation again = invented.observation(patient);
        again.setId(id);

        fhir.put(id).body(again).send();

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V PSY"));
    }

    @Test
    void letsACounselorRaiseALabel() {
        FhirClient counselor = fhir.as(Callers.staff(Role.COUNSELOR));
        Observation observation = invented.observation(patient);
        String id = counselor.store(observation);
        observation.setId(id);

        counselor.put(id).body(labelled(observation, "V")).send().expect(200);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
    }

    @Test
    void keepsTheLabelsOfWhatIsUpdatedWithoutAny() {
        String id = fhir.store(labelled(invented.observation(patient, "5", "mg"), "V", "PSY"));

        Observation changed = invented.observation(patient, "6", "mg");
        changed.setId(id);
        fhir.put(id).body(changed).send().expect(200);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V PSY"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROFILE,SECURITY_LABEL", "TAG, PROFILE, SECURITY_LABEL"})
    void isNotToldByAHeaderToDropThem(String header) {
        String id = fhir.store(labelled(invented.observation(patient, "5", "mg"), "V", "PSY"));
        Observation changed = invented.observation(patient, "6", "mg");
        changed.setId(id);

        fhir.put(id).header("X-Meta-Snapshot-Mode", header).body(changed).send().expect(200);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V PSY"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"$meta-add", "$meta-delete"})
    void servesNoOperationThatChangesLabels(String operation) {
        String id = fhir.store(invented.observation(patient));
        Parameters parameters = new Parameters();
        parameters.addParameter().setName("meta").setValue(new Meta().addSecurity(ACT_CODE, "SUD", null));

        assertThat(fhir.post(id + "/" + operation).body(parameters).send().status())
                .isIn(400, 403, 404, 405);
        assertThat(codes(read(id))).containsExactlyInAnyOrder(OF_PROGRAM);
    }

    private Resource read(String path) {
        return fhir.get(path).send().expect(200).resource();
    }

    private static Observation lowered(Observation stored, String id) {
        Observation lowered = stored.copy();
        lowered.setId(id);
        lowered.getMeta().getSecurity().clear();
        return labelled(lowered, "N");
    }

    private static String versionId(Resource resource) {
        return resource.getMeta().getVersionId();
    }

    private String patchOfConfidentiality(String id, String code) {
        List<String> codes = codes(read(id));
        int index = codes.indexOf(codes.contains("V") ? "V" : "R");
        return "[{\"op\":\"replace\",\"path\":\"/meta/security/" + index + "/code\",\"value\":\"" + code + "\"}]";
    }

    private static Parameters removal(String path) {
        Parameters patch = new Parameters();
        Parameters.ParametersParameterComponent operation = patch.addParameter().setName("operation");
        operation.addPart().setName("type").setValue(new CodeType("delete"));
        operation.addPart().setName("path").setValue(new StringType(path));
        return patch;
    }

    private static Binary patchResource(String json) {
        Binary patch = new Binary();
        patch.setContentType(JSON_PATCH);
        patch.setData(json.getBytes(StandardCharsets.UTF_8));
        return patch;
    }
}
