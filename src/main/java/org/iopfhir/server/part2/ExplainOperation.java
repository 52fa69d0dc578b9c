// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.part2;

import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.consent.Explainer.Considered;
import org.iopfhir.server.gate.CallerViewers;
import org.iopfhir.storage.RecordOwners;
import org.iopfhir.storage.ServedTypes;
import org.iopfhir.storage.disclosure.DisclosureQuestions;
import org.iopfhir.storage.disclosure.DisclosureQuestions.Known;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.Viewer;
import org.jspecify.annotations.Nullable;

/** {@code Patient/x/$explain-access}: would somebody see a record of this patient, and why. */
public final class ExplainOperation {

    private static final Pattern RECIPIENT =
            Pattern.compile("(Organization|RelatedPerson|Practitioner)/[A-Za-z0-9.-]{1,64}");
    private static final Pattern RECORD = Pattern.compile("[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}");
    private static final Pattern PURPOSE = Pattern.compile("[A-Z]{2,20}");

    private final Disclosures disclosures;
    private final DisclosureQuestions questions;
    private final RecordOwners owners;
    private final CallerViewers viewers;
    private final Explanations explanations;
    private final Clock clock;

    public ExplainOperation(
            Disclosures disclosures,
            DisclosureQuestions questions,
            RecordOwners owners,
            CallerViewers viewers,
            Explanations explanations,
            Clock clock) {
        this.disclosures = disclosures;
        this.questions = questions;
        this.owners = owners;
        this.viewers = viewers;
        this.explanations = explanations;
        this.clock = clock;
    }

    @Operation(name = "$explain-access", typeName = "Patient", idempotent = true)
    public Parameters explain(
            @IdParam IdType id,
            @OperationParam(name = "recipient") @Nullable StringType recipient,
            @OperationParam(name = "purpose") @Nullable CodeType purpose,
            @OperationParam(name = "record") @Nullable StringType record,
            @OperationParam(name = "at") @Nullable DateTimeType at,
            RequestDetails request) {
        String patient = id.getIdPart();
        if (!disclosures.isVisible("Patient", patient, request) || !disclosures.exists("Patient", patient)) {
            throw new ResourceNotFoundException("Resource Patient/" + patient + " is not known");
        }
        String who = checked("recipient", RECIPIENT, recipient == null ? null : recipient.getValue());
        String why = purpose == null ? null : checked("purpose", PURPOSE, purpose.getValue());
        String what = record == null ? "Patient/" + patient : checked("record", RECORD, record.getValue());
        Instant when = at == null ? clock.instant() : Moments.begin("at", at);
        Explanation explanation = explain(patient, what, viewers.recipient(who, why), when, request);
        return answer(explanation, new Reference(who), new Reference(what), when);
    }

    private Explanation explain(String patient, String record, Viewer viewer, Instant at, RequestDetails request) {
        String type = record.substring(0, record.indexOf('/'));
        String id = record.substring(type.length() + 1);
        if (!ServedTypes.names().contains(type)) {
            throw new InvalidRequestException("record names " + type + ", which is not served");
        }
        if (type.equals("AuditEvent")) {
            return Explanation.deny("no-record", "The audit trail is no record of a patient, and is not disclosed");
        }
        if (!disclosures.isGuarded(type)) {
            return Explanation.permit("of-no-patient", "A " + type + " is about no patient, and needs no consent");
        }
        // What the officer's own program does not keep is answered like what is not there.
        Optional<Known> known =
                questions.find(type, id).filter(found -> isOf(patient, found, type, id) && isKept(found, request));
        return known.map(found -> explanations.explain(patient, found, viewer, at))
                .orElseGet(() -> Explanation.deny(
                        "no-record", "There is no such record of this patient here, so that nobody is shown one"));
    }

    private boolean isOf(String patient, Known record, String type, String id) {
        String owner = record.facts().patient();
        return owner == null ? owners.ofStored(type, id).contains(patient) : owner.equals(patient);
    }

    private boolean isKept(Known record, RequestDetails request) {
        return disclosures
                .viewer(request)
                .map(Viewer::inside)
                .map(inside -> inside.programs().isEmpty()
                        || inside.programs().contains(record.facts().custodian()))
                .orElse(false);
    }

    private static Parameters answer(Explanation explanation, Reference recipient, Reference record, Instant at) {
        Parameters answer = new Parameters();
        answer.addParameter().setName("decision").setValue(new CodeType(explanation.isPermitted() ? "permit" : "deny"));
        answer.addParameter().setName("rule").setValue(new CodeType(explanation.rule()));
        answer.addParameter().setName("because").setValue(new StringType(explanation.because()));
        answer.addParameter().setName("recipient").setValue(recipient);
        answer.addParameter().setName("record").setValue(record);
        answer.addParameter().setName("at").setValue(new InstantType(Date.from(at)));
        for (Considered considered : explanation.considered()) {
            ParametersParameterComponent consent = answer.addParameter().setName("consent");
            consent.addPart().setName("reference").setValue(new Reference("Consent/" + considered.consent()));
            consent.addPart()
                    .setName("outcome")
                    .setValue(new CodeType(considered.outcome().name().toLowerCase(Locale.ROOT)));
            considered
                    .reasons()
                    .forEach(reason -> consent.addPart().setName("reason").setValue(new StringType(reason)));
        }
        return answer;
    }

    private static String checked(String name, Pattern form, @Nullable String value) {
        if (value == null || !form.matcher(value).matches()) {
            throw new InvalidRequestException(
                    name.equals("recipient")
                            ? "recipient must be like Organization/1, of an Organization, RelatedPerson or Practitioner"
                            : name.equals("record")
                                    ? "record must be like Observation/1"
                                    : "purpose must be a code of v3 PurposeOfUse, such as TREAT");
        }
        return value;
    }
}
