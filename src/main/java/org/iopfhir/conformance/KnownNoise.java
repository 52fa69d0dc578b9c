// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.Arrays;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.utilities.validation.ValidationMessage.IssueSeverity;

/** The warnings that HL7's validator gives for correct resources, each with the reason why a client need not see it. */
enum KnownNoise {
    IMPOSED_PROFILE(
            "VALIDATION_VAL_PROFILE_DEPENDS_NOT_RESOLVED",
            "http://hl7.org/fhir/us/core/StructureDefinition/",
            "Our profiles impose US Core, whose package a server does not need; the tests check it"),
    CPT(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://www.ama-assn.org/go/cpt ",
            "CPT is licensed to whoever deploys the server and is not shipped"),
    SNOMED(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://snomed.info/sct ",
            "SNOMED CT is licensed to whoever deploys the server and is not shipped"),
    LOINC(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://loinc.org ",
            "LOINC is referred to and not shipped"),
    LOINC_VALUE_SETS(
            "Terminology_PassThrough_TX_Message",
            "CodeSystem could not be found: http://loinc.org",
            "Value sets of base R4 name parts of LOINC, which is referred to and not shipped"),
    PACIO_CODES(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://hl7.org/fhir/us/pacio-toc/CodeSystem/",
            "The section for behavioral health has only a code of PACIO, whose package a server does not need"),
    ICD_10_CM(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://hl7.org/fhir/sid/icd-10-cm ",
            "ICD-10-CM is referred to and not shipped"),
    RX_NORM(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://www.nlm.nih.gov/research/umls/rxnorm ",
            "RxNorm is referred to and not shipped"),
    HCPCS(
            "Terminology_PassThrough_TX_Message",
            "www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets ",
            "HCPCS is referred to and not shipped"),
    NUCC(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://nucc.org/provider-taxonomy ",
            "The provider taxonomy is licensed to whoever deploys the server and is not shipped"),
    SOPT(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: https://nahdo.org/sopt ",
            "The typology of payers, which US Core binds, is referred to and not shipped"),
    MEMBER_NUMBER(
            "Terminology_TX_NoValid_",
            "(codes = http://terminology.hl7.org/CodeSystem/v2-0203#MB)",
            "US Core requires this type for the number of a member; the value set of R4, which is extensible, lacks it"),
    PART_2_LABEL(
            "Terminology_TX_NoValid_",
            "v3-ActCode#42CFRPart2) was not found in the value set 'SecurityLabels'",
            "The label that the regulation calls for is younger than the value set of R4, which is extensible"),
    NOTES_LABEL(
            "Terminology_TX_NoValid_",
            "v3-ActCode#HIPAAPsyNotes) was not found in the value set 'SecurityLabels'",
            "The label of counseling notes is younger than the value set of R4, which is extensible"),
    PART_2_CONSENT(
            "Terminology_TX_NoValid_",
            "(codes = http://terminology.hl7.org/CodeSystem/v3-ActCode#42CFRPart2CD)",
            "The kind of consent that the regulation calls for is younger than the value set of R4, which is extensible"),
    DISCLOSE(
            "Terminology_TX_NoValid_",
            "iso-21089-lifecycle#disclose) was not found in the value set 'Audit Event Sub-Type'",
            "IHE marks disclosures by it; the value set of R4, which is extensible, lacks it"),
    PART_2_DISCLOSURE(
            "Terminology_TX_NoValid_",
            "iop-audit#part2-disclosure) was not found in the value set 'Audit Event Sub-Type'",
            "Our mark of a disclosure under Part 2 stands beside that of IHE; the value set of R4 is extensible"),
    US_CORE_CODES(
            "Terminology_PassThrough_TX_Message",
            "can't be validated: http://hl7.org/fhir/us/core/CodeSystem/",
            "The categories of US Core come with its package, which a server does not need");

    private final String messageId;
    private final String contains;
    private final String reason;

    KnownNoise(String messageId, String contains, String reason) {
        this.messageId = messageId;
        this.contains = contains;
        this.reason = reason;
    }

    String reason() {
        return reason;
    }

    static boolean contains(ValidationMessage message) {
        return message.getLevel() != IssueSeverity.ERROR
                && message.getLevel() != IssueSeverity.FATAL
                && Arrays.stream(values()).anyMatch(noise -> noise.matches(message));
    }

    private boolean matches(ValidationMessage message) {
        return message.getMessageId() != null
                && message.getMessageId().startsWith(messageId)
                && message.getMessage().contains(contains);
    }
}
