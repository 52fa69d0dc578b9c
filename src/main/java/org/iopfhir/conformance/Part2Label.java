// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Resource;

/**
 * Check the security label of a record of substance use treatment: it is restricted or very restricted, and says so once.
 * Two codes of confidentiality would leave it to each reader which of them to follow.
 *
 * <p>A resource without a label is not judged: most of what a server holds is no such record. It is no reason to refuse one
 * either, since other systems label otherwise and the server adds what is missing before it stores.
 *
 * @see <a href="http://hl7.org/fhir/R4/security-labels.html">Security labels</a>
 */
final class Part2Label {
    static final String RULE = "iop-part2-label";

    private static final String ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    private static final String CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    private static final Set<String> OF_SUBSTANCE_USE = Set.of("42CFRPart2", "SUD", "ETHUD", "OPIOIDUD");
    private static final Set<String> RESTRICTED = Set.of("R", "V");

    private Part2Label() {}

    static List<Issue> check(Resource resource, String path) {
        List<Coding> labels = resource.getMeta().getSecurity();
        if (codes(labels, ACT_CODE).stream().noneMatch(OF_SUBSTANCE_USE::contains)) {
            return List.of();
        }
        List<String> confidentiality = codes(labels, CONFIDENTIALITY);
        return confidentiality.size() == 1 && RESTRICTED.contains(confidentiality.get(0))
                ? List.of()
                : List.of(Issue.warning(
                        RULE,
                        path + ".meta.security",
                        "A record of substance use treatment carries exactly one code of v3-Confidentiality, R or V"));
    }

    private static List<String> codes(List<Coding> labels, String system) {
        return labels.stream()
                .filter(label -> system.equals(label.getSystem()) && label.hasCode())
                .map(Coding::getCode)
                .toList();
    }
}
