// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;
import org.hl7.fhir.r4.model.Attachment;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentProvisionType;
import org.hl7.fhir.r4.model.Consent.ConsentState;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Type;
import org.iopfhir.consent.PlainConsent.Days;
import org.iopfhir.consent.PlainConsent.Paper;
import org.iopfhir.consent.PlainConsent.Rule;

/** Writes a consent that was told of as a FHIR resource. */
public final class WrittenConsents {
    static final String FORM = "https://iop-fhir.org/fhir/StructureDefinition/part2-consent-elements";
    static final String ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    static final String CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    static final String REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    static final String TYPES = "http://hl7.org/fhir/resource-types";
    private static final String PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    private static final String VIA = "via:";

    private WrittenConsents() {}

    /**
     * Write {@code plain}.
     *
     * @param patient {@code Patient/x}
     * @param program {@code Organization/x}
     */
    public static Consent write(PlainConsent plain, String id, String patient, String program) {
        Paper paper = plain.paper();
        Consent consent = new Consent();
        consent.setId(id);
        consent.setStatus(paper.lacks().contains("status") ? ConsentState.INACTIVE : ConsentState.ACTIVE);
        consent.getScope()
                .addCoding()
                .setSystem("http://terminology.hl7.org/CodeSystem/consentscope")
                .setCode("patient-privacy");
        if (!paper.lacks().contains("category")) {
            consent.addCategory().addCoding().setSystem(ACT).setCode("42CFRPart2CD");
        }
        consent.addCategory().addCoding().setSystem("http://loinc.org").setCode("64292-6");
        consent.setPatient(new Reference(patient));
        consent.addPerformer(new Reference(patient));
        if (!paper.lacks().contains("program")) {
            consent.addOrganization(new Reference(program));
        }
        if (!paper.lacks().contains("date")) {
            consent.setDateTimeElement(new DateTimeType(paper.signed().toString()));
        }
        if (!paper.lacks().contains("form")) {
            consent.setSource(new Attachment()
                    .setContentType("application/pdf")
                    .setUrl("https://clearwater.example.org/form.pdf"));
        }
        consent.addPolicy().setUri("https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2");
        consent.addExtension(form(plain, patient));
        consent.setProvision(provision(plain.rule()));
        plain.inner().forEach(inner -> consent.getProvision().addProvision(provision(inner)));
        return consent;
    }

    private static Extension form(PlainConsent plain, String patient) {
        Paper paper = plain.paper();
        Extension form = new Extension(FORM);
        part(form, "information", paper, "information", new StringType("What the form says"));
        part(form, "rightToRevoke", paper, "revoke", new BooleanType(true));
        part(form, "signedBy", paper, "signer", new Reference(patient));
        part(form, "redisclosureStatement", paper, "redisclosure", new BooleanType(true));
        part(form, "refusalConsequence", paper, "refusal", new BooleanType(true));
        part(form, "redisclosureUnderHipaa", paper, "hipaa", new BooleanType(true));
        if (!paper.event().isEmpty()) {
            form.addExtension("expirationEvent", new StringType(paper.event()));
        }
        paper.says().forEach(said -> form.addExtension(said, new BooleanType(true)));
        for (String recipient : plain.rule().recipients()) {
            if (recipient.equals("tpo")) {
                form.addExtension("recipientClass", new CodeType(recipient));
            }
            if (recipient.startsWith(VIA)) {
                form.addExtension("recipientClass", new CodeType("general-designation"));
                form.addExtension(
                        "intermediary",
                        new Reference(recipient.substring(VIA.length())).setDisplay("Sample Bay Exchange"));
            }
        }
        return form;
    }

    private static void part(Extension form, String url, Paper paper, String element, Type value) {
        if (!paper.lacks().contains(element)) {
            form.addExtension(url, value);
        }
    }

    private static ProvisionComponent provision(Rule rule) {
        ProvisionComponent provision = new ProvisionComponent();
        provision.setType(rule.permits() ? ConsentProvisionType.PERMIT : ConsentProvisionType.DENY);
        boolean through = rule.recipients().stream().anyMatch(recipient -> recipient.startsWith(VIA));
        rule.recipients().stream()
                .filter(recipient -> recipient.contains("/") && !recipient.startsWith(VIA))
                .filter(recipient -> !through || !rule.recipients().contains(VIA + recipient))
                .forEach(recipient -> actor(provision, recipient));
        rule.purposes().forEach(purpose -> provision.addPurpose(new Coding(REASON, purpose, null)));
        rule.about().types().forEach(type -> provision.addClass_(new Coding(TYPES, type, null)));
        rule.about().labels().forEach(label -> provision.addSecurityLabel(label(label)));
        period(rule.time(), provision::setPeriod);
        period(rule.data(), provision::setDataPeriod);
        if (rule.byCode()) {
            provision.addCode(new CodeableConcept(new Coding("http://snomed.info/sct", "75544000", null)));
        }
        return provision;
    }

    /** Add a recipient, {@code Type/id}. */
    static void actor(ProvisionComponent provision, String recipient) {
        provision
                .addActor()
                .setRole(new CodeableConcept(new Coding(PARTICIPATION, "IRCP", null)))
                .setReference(new Reference(recipient));
    }

    /** Return the coding of a label that is written as in {@link ContentClass}. */
    public static Coding label(String label) {
        int bar = label.indexOf('|');
        if (bar >= 0) {
            return new Coding(label.substring(0, bar), label.substring(bar + 1), null);
        }
        return new Coding(List.of("N", "R", "V").contains(label) ? CONFIDENTIALITY : ACT, label, null);
    }

    private static void period(Days days, Consumer<Period> set) {
        Period period = new Period();
        if (days.hasFirst()) {
            period.setStartElement(date(days.first()));
        }
        if (days.hasLast()) {
            period.setEndElement(date(days.last()));
        }
        if (!period.isEmpty()) {
            set.accept(period);
        }
    }

    private static DateTimeType date(LocalDate day) {
        return new DateTimeType(day.toString());
    }
}
