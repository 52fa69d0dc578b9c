// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.audit;

import java.util.Map;
import org.hl7.fhir.r4.model.Coding;
import org.iopfhir.storage.journal.AuditRow;
import org.jspecify.annotations.Nullable;

/**
 * What BALP says about an interaction: which profile its event meets, and what client, server and user are in it.
 *
 * @param profile    canonical URL; {@code null} where BALP has none, as for what failed
 * @param client     type of the agent that is the client
 * @param server     type of the agent that is this server
 * @param user       type of the agent that is the user
 * @param isQuery    whether the query is what the event tells of, more than what was found
 * @param takesRoles whether the client may have roles and a purpose, where no user takes part
 */
record BalpPattern(
        @Nullable String profile, Coding client, Coding server, Coding user, boolean isQuery, boolean takesRoles) {

    private static final String BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
    private static final String DICOM = "http://dicom.nema.org/resources/ontology/DCM";
    private static final String PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

    private static final Coding SOURCE = new Coding(DICOM, "110153", "Source Role ID");
    private static final Coding DESTINATION = new Coding(DICOM, "110152", "Destination Role ID");
    private static final Coding APPLICATION = new Coding(DICOM, "110150", "Application");
    private static final Coding CUSTODIAN =
            new Coding("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian", "Custodian");
    private static final Coding RECIPIENT = new Coding(PARTICIPATION, "IRCP", "information recipient");
    private static final Coding AUTHOR = new Coding(PARTICIPATION, "AUT", "author (originator)");

    private static final Map<String, String> PROFILES = Map.of(
            "read", "Read",
            "vread", "Read",
            "search-type", "Query",
            "create", "Create",
            "update", "Update",
            "patch", "Update",
            "delete", "Delete");

    static BalpPattern of(AuditRow row) {
        String interaction = row.deed().subtypes().get(0);
        String profile = profile(row, interaction);
        return switch (interaction) {
            case "read", "vread", "history-instance", "history-type" ->
                new BalpPattern(profile, DESTINATION, SOURCE, RECIPIENT, false, true);
            case "create", "update", "patch" -> new BalpPattern(profile, SOURCE, DESTINATION, AUTHOR, false, true);
            case "delete" -> new BalpPattern(profile, APPLICATION, CUSTODIAN, AUTHOR, false, false);
            default -> new BalpPattern(profile, SOURCE, DESTINATION, RECIPIENT, true, true);
        };
    }

    /** BALP describes what succeeded, and one patient at most; about several it says nothing that holds. */
    private static @Nullable String profile(AuditRow row, String interaction) {
        String name = PROFILES.get(interaction);
        boolean isQuery = "Query".equals(name);
        boolean hasWhat =
                isQuery ? row.deed().query() != null : row.deed().resources().size() == 1;
        if (name == null || !"0".equals(row.deed().outcome()) || !hasWhat) {
            return null;
        }
        return BALP + (row.patients().size() == 1 ? "Patient" : "") + name;
    }
}
