// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Attachment;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentState;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every element of 42 CFR 2.31: without it a consent is refused, naming what is missing, and opens nothing. */
class ConsentElementsApiTest {

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private String clinic;
    private String recipient;
    private String patient;
    private FhirClient hospital;

    @BeforeEach
    void store() {
        clinic = program.store(invented.organization("Program"));
        recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Unterschrift"));
        hospital = program.as(Callers.partner(recipient, "TREAT"));
    }

    private static Arguments without(String element, String rule, Consumer<Consent> take) {
        return arguments(element, rule, take);
    }

    private static Arguments unsaid(String element, String rule, String name) {
        return without(element, rule, consent -> Consents.unsay(consent, name));
    }

    static Stream<Arguments> deficiencies() {
        return Stream.of(whoAndWhat(), untilWhenAndSigned(), ofTheirOwn()).flatMap(each -> each);
    }

    private static Stream<Arguments> whoAndWhat() {
        return Stream.of(
                without("(a)(1) patient", "card-patient", consent -> consent.setPatient(null)),
                without("(a)(2) who discloses", "card-organization", consent -> consent.setOrganization(List.of())),
                unsaid("(a)(3) information", "iop-consent-information", "information"),
                without(
                        "(a)(4)(i) recipient",
                        "iop-consent-recipient",
                        consent -> consent.getProvision().setActor(List.of())),
                without(
                        "(a)(4)(ii) members of an intermediary",
                        "iop-consent-intermediary",
                        consent -> Consents.say(
                                consent,
                                "intermediary",
                                consent.getProvision().getActorFirstRep().getReference())),
                without(
                        "(a)(4)(iii) redisclosure under HIPAA",
                        "iop-consent-redisclosure-under-hipaa",
                        consent -> Consents.say(consent, "recipientClass", new CodeType("tpo"))),
                without(
                        "(a)(5) purpose",
                        "iop-consent-purpose",
                        consent -> consent.getProvision().setPurpose(List.of())));
    }

    private static Stream<Arguments> untilWhenAndSigned() {
        return Stream.of(
                unsaid("(a)(6) right to revoke", "iop-consent-right-to-revoke", "rightToRevoke"),
                without(
                        "(a)(7) expiry",
                        "iop-consent-expiry",
                        consent -> consent.getProvision().setPeriod(null)),
                without("(a)(7) end of what is not for TPO", "iop-consent-expiry-none", consent -> {
                    consent.getProvision().setPeriod(null).setPurpose(null);
                    Consents.purposes(consent.getProvision(), "HRESCH");
                    Consents.say(consent, "expirationEvent", new StringType("none"));
                }),
                unsaid("(a)(8) who signed", "iop-consent-signature", "signedBy"),
                without("(a)(8) signed form", "iop-consent-signature", consent -> consent.setSource(null)),
                without("(a)(9) date", "iop-consent-date", consent -> consent.setDateTime(null)),
                unsaid("(a)(10)(i) redisclosure", "iop-consent-redisclosure", "redisclosureStatement"),
                unsaid("(a)(10)(ii) refusal", "iop-consent-refusal", "refusalConsequence"));
    }

    private static Stream<Arguments> ofTheirOwn() {
        return Stream.of(
                without(
                        "(b) notes that are not named",
                        "iop-consent-counseling-notes-named",
                        consent -> consent.getProvision()
                                .addSecurityLabel(Consents.ofNotes("Patient/1", "Organization/1", "Organization/2")
                                        .getProvision()
                                        .getSecurityLabelFirstRep())),
                without(
                        "(b) notes with other records",
                        "iop-consent-counseling-notes-alone",
                        consent -> Consents.say(consent, "counselingNotes", new BooleanType(true))),
                without(
                        "(d) proceedings that are not named",
                        "iop-consent-proceedings-named",
                        consent -> Consents.purposes(consent.getProvision(), "HLEGAL")),
                without(
                        "(d) proceedings with treatment",
                        "iop-consent-proceedings-alone",
                        consent -> Consents.say(consent, "legalProceedings", new BooleanType(true))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deficiencies")
    void aDeficientConsentIsRefusedNamingWhatIsMissingAndOpensNothing(
            String element, String rule, Consumer<Consent> take) {
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        take.accept(consent);

        Answer refused = program.post("Consent").body(consent).send().expect(422);

        assertThat(refused.text()).contains("\"" + rule + "\"");
        hospital.get(patient).send().expect(404);
        int draft = program.post("Consent")
                .body(consent.copy().setStatus(ConsentState.DRAFT))
                .send()
                .status();
        assertThat(draft).as("a draft may be incomplete, but for " + rule).isIn(201, 422);
        hospital.get(patient).send().expect(404);
    }

    @Test
    void withEveryElementItIsTakenAndOpensWhileItIsActive() {
        for (ConsentState state : List.of(
                ConsentState.DRAFT, ConsentState.PROPOSED, ConsentState.REJECTED, ConsentState.ENTEREDINERROR)) {
            program.store(Consents.permit(patient, clinic, recipient, "TREAT").setStatus(state));
            hospital.get(patient).send().expect(404);
        }
        program.store(Consents.revoked(Consents.permit(patient, clinic, recipient, "TREAT")));
        hospital.get(patient).send().expect(404);

        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));

        hospital.get(patient).send().expect(200);
    }

    @Test
    void anActiveConsentThatIsMadeADraftOpensNothingAnyMore() {
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        String id = program.store(consent);
        hospital.get(patient).send().expect(200);
        consent.setSource(new Attachment().setTitle("Unsigned"))
                .setStatus(ConsentState.DRAFT)
                .setId(id);
        consent.addPerformer(new Reference(patient));

        program.put(id).body(consent).send().expect(200);

        hospital.get(patient).send().expect(404);
    }
}
