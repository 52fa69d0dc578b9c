// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.IFhirPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Decide which of our profiles a resource must meet: those that it claims in {@code meta.profile}, and those whose
 * {@code applies-when} is true of it. A claim of a profile that is not ours counts for nothing here.
 */
public final class RequiredProfiles {
    /** The extension on a profile that says, in FHIRPath, of which resources it is required. */
    public static final String APPLIES_WHEN = "https://iop-fhir.org/fhir/StructureDefinition/applies-when";

    private final IFhirPath fhirPath;
    private final List<ProfileRule> rules;
    private final Map<String, List<Compiled>> byType = new HashMap<>();

    private record Compiled(String profile, IFhirPath.@Nullable IParsedExpression appliesWhen) {}

    RequiredProfiles(FhirContext fhir, IgPackage iop) {
        this.fhirPath = fhir.newFhirPath();
        this.rules = iop.profileOutlines().stream().map(RequiredProfiles::rule).toList();
        for (ProfileRule rule : rules) {
            byType.computeIfAbsent(rule.type(), type -> new ArrayList<>()).add(compiled(rule));
        }
    }

    /** Return the rules by which this decides, for a capability statement or a page of documentation. */
    public List<ProfileRule> rules() {
        return rules;
    }

    /** Return the canonical urls of the profiles that the resource must meet; empty when it is not ours to judge. */
    public List<String> of(Resource resource) {
        return byType.getOrDefault(resource.fhirType(), List.of()).stream()
                .filter(rule -> isClaimed(resource, rule.profile()) || applies(rule.appliesWhen(), resource))
                .map(Compiled::profile)
                .toList();
    }

    private boolean applies(IFhirPath.@Nullable IParsedExpression expression, Resource resource) {
        return expression != null
                && fhirPath.evaluateFirst(resource, expression, BooleanType.class)
                        .map(PrimitiveType::getValue)
                        .orElse(false);
    }

    private static boolean isClaimed(Resource resource, String profile) {
        return resource.getMeta().getProfile().stream()
                .map(PrimitiveType::getValue)
                .anyMatch(claim -> claim != null && (claim.equals(profile) || claim.startsWith(profile + "|")));
    }

    private static ProfileRule rule(StructureDefinition profile) {
        String expression = profile.hasExtension(APPLIES_WHEN)
                ? profile.getExtensionByUrl(APPLIES_WHEN).getValue().primitiveValue()
                : null;
        return new ProfileRule(profile.getType(), profile.getUrl(), expression);
    }

    private Compiled compiled(ProfileRule rule) {
        String expression = rule.appliesWhen();
        try {
            return new Compiled(rule.profile(), expression == null ? null : fhirPath.parse(expression));
        } catch (Exception e) {
            throw new IllegalStateException("applies-when of " + rule.profile() + " is no FHIRPath: " + expression, e);
        }
    }
}
