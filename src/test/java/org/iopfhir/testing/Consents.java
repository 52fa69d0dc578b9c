// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import java.util.Arrays;
import org.hl7.fhir.r4.model.Attachment;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentProvisionType;
import org.hl7.fhir.r4.model.Consent.ConsentState;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.hl7.fhir.r4.model.Consent.provisionActorComponent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Type;

/** Part 2 consents with every element of 42 CFR 2.31, so that a test takes away or adds only what it is about. */
public final class Consents {

    private static final String ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    private static final String REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    private static final String ELEMENTS = "https://iop-fhir.org/fhir/StructureDefinition/part2-consent-elements";

    private Consents() {}

    /** The program may disclose everything of {@code patient}, apart from counseling notes, to {@code recipient}. */
    public static Consent permit(String patient, String program, String recipient, String... purposes) {
        Consent consent = blank(patient, program, ConsentProvisionType.PERMIT);
        consent.getProvision().addActor(recipient(recipient));
        purposes(consent.getProvision(), purposes);
        consent.getProvision().getPeriod().setEndElement(new DateTimeType("2099-12-31"));
        return consent;
    }

    /** A single consent for all future treatment, payment and health care operations. */
    public static Consent tpo(String patient, String program) {
        Consent consent = blank(patient, program, ConsentProvisionType.PERMIT);
        say(consent, "recipientClass", new CodeType("tpo"));
        say(consent, "redisclosureUnderHipaa", new BooleanType(true));
        say(consent, "expirationEvent", new StringType("none"));
        purposes(consent.getProvision(), "TREAT", "HPAYMT", "HOPERAT");
        return consent;
    }

    /** The patient wants nothing disclosed to {@code recipient} for these purposes. */
    public static Consent restriction(String patient, String program, String recipient, String... purposes) {
        Consent consent = blank(patient, program, ConsentProvisionType.DENY);
        consent.getProvision().addActor(recipient(recipient));
        purposes(consent.getProvision(), purposes);
        return consent;
    }

    /** Of SUD counseling notes and nothing else. */
    public static Consent ofNotes(String patient, String program, String recipient) {
        Consent consent = permit(patient, program, recipient, "TREAT");
        say(consent, "counselingNotes", new BooleanType(true));
        consent.getProvision().addSecurityLabel(new Coding(ACT, "PSYTHPN", null));
        return consent;
    }

    /** As it is when it is taken back. */
    public static Consent revoked(Consent consent) {
        Consent revoked = consent.copy().setStatus(ConsentState.INACTIVE);
        revoked.addVerification()
                .setVerified(true)
                .setVerifiedWith(consent.getPatient())
                .setVerificationDateElement(new DateTimeType("2026-03-04"));
        return revoked;
    }

    /** Add what the form says. */
    public static void say(Consent consent, String element, Type value) {
        Extension elements = consent.getExtensionByUrl(ELEMENTS);
        elements.addExtension(new Extension(element, value));
    }

    /** Take away what the form says. */
    public static void unsay(Consent consent, String element) {
        consent.getExtensionByUrl(ELEMENTS).getExtension().removeIf(said -> element.equals(said.getUrl()));
    }

    public static provisionActorComponent recipient(String reference) {
        provisionActorComponent actor = new provisionActorComponent();
        actor.getRole()
                .addCoding(new Coding("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", null));
        return actor.setReference(new Reference(reference));
    }

    public static void purposes(ProvisionComponent provision, String... codes) {
        Arrays.stream(codes).forEach(code -> provision.addPurpose(new Coding(REASON, code, null)));
    }

    private static Consent blank(String patient, String program, ConsentProvisionType type) {
        Consent consent = new Consent();
        consent.setStatus(ConsentState.ACTIVE);
        consent.getScope()
                .addCoding(new Coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", null));
        consent.addCategory().addCoding(new Coding(ACT, "42CFRPart2CD", null));
        consent.addCategory().addCoding(new Coding("http://loinc.org", "64292-6", null));
        consent.setPatient(new Reference(patient));
        consent.setDateTimeElement(new DateTimeType("2026-01-02"));
        consent.addPerformer(new Reference(patient));
        consent.addOrganization(new Reference(program));
        consent.setSource(new Attachment()
                .setContentType("application/pdf")
                .setUrl("https://forms.example.org/signed.pdf")
                .setTitle("Signed form"));
        consent.addPolicy().setUri("https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2");
        consent.getProvision().setType(type);
        Extension elements = new Extension(ELEMENTS);
        consent.addExtension(elements);
        say(consent, "information", new StringType("The whole record of treatment"));
        say(consent, "rightToRevoke", new BooleanType(true));
        say(consent, "redisclosureStatement", new BooleanType(true));
        say(consent, "refusalConsequence", new BooleanType(true));
        say(consent, "signedBy", new Reference(patient));
        return consent;
    }
}
