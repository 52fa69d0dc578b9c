// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ValidationOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.jspecify.annotations.Nullable;

/**
 * Check a resource against the profiles that it must meet, by HAPI's instance validator, and every resource against the
 * two cheap {@link BaseRules}.
 *
 * <p>Safe for use by many threads. The first validation costs seconds of CPU; {@link #warm()} spends them.
 *
 * @see <a href="http://hl7.org/fhir/R4/validation.html">Validating resources</a>
 */
public final class ResourceCheck {
    private final IgPackage iop;
    private final RequiredProfiles required;
    private final BaseRules baseRules;
    private final FhirValidator validator;

    ResourceCheck(FhirContext fhir, IgPackage iop, CoreDefinitions core, Terminology terminology) {
        this.iop = iop;
        this.required = new RequiredProfiles(fhir, iop);
        this.baseRules = new BaseRules(fhir);
        FhirInstanceValidator module = new FhirInstanceValidator(terminology.support());
        module.setWrappedWorkerContext(terminology.support(), new TypeOutlines(terminology.support(), core, iop));
        module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        module.setErrorForUnknownProfiles(false);
        // The type in a literal reference is believed, so that a plan for a Group is refused without reading the Group.
        module.setAssumeValidRestReferences(true);
        this.validator = fhir.newValidator().registerValidatorModule(module);
    }

    /** Return which profiles a resource must meet, and by which rules. */
    public RequiredProfiles required() {
        return required;
    }

    /**
     * Return what is wrong with a resource; errors are reasons to refuse it, warnings are not. The resource is not
     * changed. Resources inside a Bundle get the base rules only: check each by itself.
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
        if (!profiles.isEmpty()) {
            Set<String> known = new HashSet<>();
            issues.forEach(issue -> known.add(issue.rule()));
            boolean narrativeIsBad = known.stream().anyMatch(rule -> rule.startsWith("narrative-"));
            validate(resource, profiles).stream()
                    .filter(issue -> !known.contains(issue.rule()))
                    .filter(issue -> !(narrativeIsBad && issue.path().contains(".div")))
                    .forEach(issues::add);
        }
        return issues;
    }

    /** Validate one valid example per profile, so that the first client does not wait for the definitions to be read. */
    public void warm() {
        Set<String> seen = new HashSet<>();
        for (Resource example : iop.examples()) {
            if (seen.addAll(required.of(example))) {
                check(example);
            }
        }
    }

    private String known(String profile) {
        return iop.profiles().stream()
                .map(StructureDefinition::getUrl)
                .filter(profile::equals)
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException("This server has no profile " + profile));
    }

    private List<Issue> validate(Resource resource, Set<String> profiles) {
        // The validator would look up every profile that is claimed; only those that are required count.
        Resource unclaimed = resource.copy();
        unclaimed.getMeta().setProfile(null);
        ValidationOptions options = new ValidationOptions();
        profiles.forEach(options::addProfile);
        return new Findings(resource)
                .read(validator.validateWithResult(unclaimed, options).getMessages());
    }
}
