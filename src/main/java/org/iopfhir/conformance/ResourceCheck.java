// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Check a resource against the profiles that it must meet, by HL7's instance validator, and every resource against the
 * cheap {@link BaseRules}.
 *
 * <p>Safe for use by many threads. The first validation costs seconds of CPU; {@link #warm()} spends them.
 *
 * @see <a href="http://hl7.org/fhir/R4/validation.html">Validating resources</a>
 */
public final class ResourceCheck {
    /** Bundles that are kept as one, so that this is the only time at which their entries are looked at. */
    private static final Set<BundleType> WHOLE =
            EnumSet.of(BundleType.DOCUMENT, BundleType.MESSAGE, BundleType.COLLECTION);

    private static final Set<String> EVERY_DAY =
            Set.of("iop-care-plan", "iop-goal", "iop-appointment", "iop-session-encounter");

    private final IgPackage iop;
    private final RequiredProfiles required;
    private final BaseRules baseRules;
    private final ProfileValidator validator;

    ResourceCheck(FhirContext fhir, IgPackage iop, CoreDefinitions core, Terminology terminology) {
        this.iop = iop;
        this.required = new RequiredProfiles(fhir, iop);
        this.baseRules = new BaseRules(fhir);
        this.validator = new ProfileValidator(fhir, new TypeOutlines(terminology.support(), core, iop));
    }

    /** Return which profiles a resource must meet, and by which rules. */
    public RequiredProfiles required() {
        return required;
    }

    /**
     * Return what is wrong with a resource; errors are reasons to refuse it, warnings are not. The resource is not
     * changed. What is inside a document, a message or a collection must meet its own profiles too; the entries of any
     * other Bundle get the base rules only: check each by itself.
     */
    public List<Issue> check(Resource resource) {
        return check(resource, null);
    }

    /**
     * The same, and against one more profile of the package.
     *
     * @param profile canonical URL, or {@code null} for none
     * @throws InvalidRequestException when the package has no such profile
     */
    public List<Issue> check(Resource resource, @Nullable String profile) {
        List<Issue> issues = new ArrayList<>(baseRules.check(resource));
        Set<String> profiles = new LinkedHashSet<>(required.of(resource));
        if (profile != null) {
            profiles.add(known(profile));
        }
        addNew(issues, byProfiles(resource, profiles));
        return issues;
    }

    private List<Issue> byProfiles(Resource resource, Set<String> profiles) {
        List<Issue> issues = new ArrayList<>();
        if (!profiles.isEmpty()) {
            issues.addAll(new Findings(resource).read(validator.validate(resource, profiles)));
        }
        if (resource instanceof Bundle bundle && WHOLE.contains(bundle.getType())) {
            for (int i = 0; i < bundle.getEntry().size(); i++) {
                addNew(issues, ofEntry(bundle.getEntry().get(i).getResource(), "Bundle.entry[" + i + "].resource"));
            }
        }
        return issues;
    }

    private List<Issue> ofEntry(@Nullable Resource resource, String path) {
        return resource == null
                ? List.of()
                : byProfiles(resource, Set.copyOf(required.of(resource))).stream()
                        .map(issue -> issue.below(resource.fhirType(), path))
                        .toList();
    }

    /** A rule that is known to be broken needs no second sentence about the same place. */
    private static void addNew(List<Issue> issues, List<Issue> more) {
        Set<String> known = new HashSet<>();
        issues.forEach(issue -> known.add(issue.rule() + " " + issue.path()));
        more.stream()
                .filter(issue -> !known.contains(issue.rule() + " " + issue.path()))
                .forEach(issues::add);
    }

    /**
     * Validate one valid example of each of the profiles that are written every day, so that the first client does not
     * wait for the validator. Each further profile costs its first client less than a tenth of a second; all of them
     * would cost every start two CPU seconds and 35 MB of heap.
     */
    public void warm() {
        iop.examplesOf(EVERY_DAY).forEach(this::check);
    }

    private String known(String profile) {
        return required.rules().stream()
                .map(ProfileRule::profile)
                .filter(profile::equals)
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException("This server has no profile " + profile));
    }
}
