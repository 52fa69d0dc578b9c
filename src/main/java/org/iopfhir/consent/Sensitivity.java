// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the labels of HL7 say: which of them tell what a record is about, which contain others, and which only say how
 * to handle it.
 *
 * @see <a href="https://terminology.hl7.org/CodeSystem-v3-ActCode.html">v3 ActCode, InformationSensitivityPolicy</a>
 */
final class Sensitivity {

    /** A broader label, and those that it contains. */
    private static final Map<String, Set<String>> CONTAINS = Map.of(
            "SUD", Set.of("ETHUD", "OPIOIDUD"),
            "ETH", Set.of("ETHUD", "OPIOIDUD"),
            "BH", Set.of("MH", "PSY", "SUD", "ETHUD", "OPIOIDUD"));

    /** What is denied with a label beyond what it contains: other words for the same, and all that HL7 counts to it. */
    private static final Map<String, Set<String>> REACHES = Map.of(
            "SUD", Set.of("ETH"),
            "ETH", Set.of("SUD"),
            "BH", Set.of("ETH", "PSYTHPN", "HIPAAPsyNotes"),
            "PSYTHPN", Set.of("HIPAAPsyNotes"),
            "HIPAAPsyNotes", Set.of("PSYTHPN"));

    private static final List<String> FROM_OPEN_TO_STRICT = List.of("U", "L", "M", "N", "R", "V");

    /** Whatever a session of the program can be about. */
    private static final Set<String> OF_SESSIONS = Set.of("SUD", "ETH", "ETHUD", "OPIOIDUD", "BH", "MH", "PSY");

    /** Of counseling notes, which no general consent opens: 2.31(b). */
    static final Set<String> NOTES = Set.of("PSYTHPN", "HIPAAPsyNotes");

    /** Say nothing of what a record is about: confidentiality, law, obligations and refrains. */
    private static final Set<String> HANDLING = Set.of(
            "U",
            "L",
            "M",
            "N",
            "R",
            "42CFRPart2",
            "42CFRPart2CD",
            "HIPAANOPP",
            "HIPAAAuth",
            "HIPAAConsent",
            "HIPAASelfPay",
            "PERSISTLABEL",
            "PRIVMARK",
            "RedisclosureProhibitionMark",
            "CUIMark",
            "NOAUTH",
            "NODSCLCD",
            "NODSCLCDS",
            "NORDSCLCD",
            "NORDSCLCDS",
            "NORDSLCD",
            "NOREUSE",
            "NOINTEGRATE",
            "NOLIST",
            "NOMOU",
            "NOORGPOL",
            "NOPAT",
            "NOPERSISTP",
            "NORELINK",
            "ENCRYPT",
            "AUDIT",
            "MINEC",
            "DEID",
            "REDACT",
            "MASK",
            "CPLYCD",
            "CPLYPOL",
            "CPLYOPP",
            "CPLYOSP");

    /** What a record can be about; a label that is not among them means nothing that is known here. */
    private static final Set<String> TOPICS = Set.of(
            "ETH",
            "SUD",
            "ETHUD",
            "OPIOIDUD",
            "BH",
            "MH",
            "PSY",
            "PSYTHPN",
            "HIV",
            "SEX",
            "SEXDYS",
            "STD",
            "SDV",
            "DV",
            "VIO",
            "GDIS",
            "SCA",
            "SICKLE",
            "DIA",
            "DRGIS",
            "EMP",
            "PDS",
            "PHY",
            "PRS",
            "COMPT",
            "DEMO",
            "DOB",
            "GENDER",
            "LIVARG",
            "MARST",
            "RACE",
            "REL",
            "B",
            "EMPL",
            "LOCIS",
            "SSP",
            "ADOL",
            "CEL",
            "MRGPHL",
            "PREGNANT",
            "SUICIDE",
            "ABORTION",
            "TBOO",
            "PROVIDER",
            "INFA",
            "INFP",
            "INFE");

    private Sensitivity() {}

    /** Whether a label that a consent names limits what its records are about, known here or not. */
    static boolean isSubject(String label) {
        return !isHandling(label) && !label.equals("V");
    }

    /** Whether it is known what a record with that label is about; that of V, and of a foreign label, is not. */
    static boolean isTopic(String label) {
        return TOPICS.contains(label);
    }

    /** Whether a label says only how to handle a record. */
    static boolean isHandling(String label) {
        return HANDLING.contains(label);
    }

    /** Whether who names {@code broader} also means {@code label}. */
    static boolean contains(String broader, String label) {
        return broader.equals(label) || CONTAINS.getOrDefault(broader, Set.of()).contains(label);
    }

    /** Whether who denies any of {@code named} also denies {@code label}: in doubt he does. */
    static boolean isDenied(List<String> named, String label) {
        return named.stream()
                .anyMatch(denied -> contains(denied, label)
                        || REACHES.getOrDefault(denied, Set.of()).contains(label)
                        || isStricter(label, denied));
    }

    private static boolean isStricter(String label, String than) {
        return FROM_OPEN_TO_STRICT.contains(than)
                && FROM_OPEN_TO_STRICT.indexOf(label) > FROM_OPEN_TO_STRICT.indexOf(than);
    }

    /** Whether a label tells of what a session of the program can be about. */
    static boolean isOfSessions(String label) {
        return OF_SESSIONS.contains(label);
    }

    /** Whether any of {@code named} means {@code label}. */
    static boolean isNamed(List<String> named, String label) {
        return named.stream().anyMatch(broader -> contains(broader, label));
    }
}
