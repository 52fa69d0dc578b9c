// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.Map;
import java.util.Set;

/**
 * Which purpose contains which. HL7's hierarchy is not followed blindly: it puts legal proceedings below health care
 * operations, and a consent for the latter never permits the former (2.31(d)).
 */
public final class Purposes {

    /** Legal proceedings. */
    static final String LEGAL = "HLEGAL";

    /** Fundraising and marketing. */
    static final String MARKETING = "HMARKT";

    private static final Map<String, String> WITHIN = Map.ofEntries(
            Map.entry("COC", "TREAT"),
            Map.entry("ETREAT", "TREAT"),
            Map.entry("BTG", "TREAT"),
            Map.entry("CAREMGT", "HOPERAT"),
            Map.entry("COVERAGE", "HPAYMT"),
            Map.entry("ELIGVER", "HPAYMT"),
            Map.entry("ELIGDTRM", "HPAYMT"),
            Map.entry("CLMATTCH", "HPAYMT"),
            Map.entry("COVAUTH", "HPAYMT"),
            Map.entry("ENROLLM", "HPAYMT"),
            Map.entry("REMITADV", "HPAYMT"));

    private Purposes() {}

    /** The purposes of a clause that are met by a request for {@code purpose}. */
    public static Set<String> satisfiedBy(String purpose) {
        String within = WITHIN.get(purpose);
        return within == null ? Set.of(purpose) : Set.of(purpose, within);
    }
}
