// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IJsonLikeParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.hl7.fhir.common.hapi.validation.validator.FhirDefaultPolicyAdvisor;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.IdStatus;
import org.hl7.fhir.utilities.json.model.JsonObject;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.validation.instance.InstanceValidator;

/**
 * Run HL7's {@link InstanceValidator} over a resource, without the work that HAPI's {@link FhirInstanceValidator} around
 * it does twice: that copies the resource, parses its JSON a second time to read the claims, and asks for each definition
 * through a chain.
 *
 * <p>Neither narratives nor claims of profiles are handed over: {@link NarrativeRules} checks the former, and of the
 * latter only those count that {@link RequiredProfiles} names. Safe for use by many threads.
 */
final class ProfileValidator {
    private static final Set<String> LEFT_OUT = Set.of("*.text", "*.meta.profile");
    /** A meta that is empty without its claims would be an error of its own. */
    private static final Set<String> LEFT_OUT_UNLABELLED = Set.of("*.text", "*.meta");
    /** Some entries of a Bundle are labelled and others are not. */
    private static final Set<String> LEFT_OUT_OF_BUNDLES = Set.of("*.text");

    private final FhirContext fhir;
    private final IWorkerContext definitions;
    private final SoundElements sound;
    private final ExtensionSlices slices = new ExtensionSlices();
    /** As many as were ever in use at once. */
    private final Queue<PresentParts> readers = new ConcurrentLinkedQueue<>();

    ProfileValidator(FhirContext fhir, IWorkerContext definitions) {
        this.fhir = fhir;
        this.definitions = definitions;
        this.sound = new SoundElements(definitions);
    }

    /**
     * Return all messages of the validator, in its own words.
     *
     * @param profiles canonical URLs of profiles of the package
     */
    List<ValidationMessage> validate(Resource resource, Collection<String> profiles) {
        List<StructureDefinition> required = profiles.stream()
                .map(profile -> definitions.fetchResource(StructureDefinition.class, profile))
                .toList();
        PresentParts reader = Objects.requireNonNullElseGet(readers.poll(), () -> new PresentParts(definitions));
        List<ValidationMessage> messages = new ArrayList<>();
        Element element = reader.parse(messages, json(resource));
        validator().validate(null, messages, null, element, new ArrayList<>(required));
        // Not before, since the element asks the reader for what it knows.
        readers.add(reader);
        return messages;
    }

    private JsonObject json(Resource resource) {
        IJsonLikeParser parser = (IJsonLikeParser) fhir.newJsonParser();
        parser.setDontEncodeElements(leftOut(resource));
        Resource unclaimed = resource instanceof Bundle bundle ? withoutClaims(bundle) : resource;
        JsonTree tree = new JsonTree();
        try {
            parser.encodeResourceToJsonLikeWriter(unclaimed, tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree.root();
    }

    private static Set<String> leftOut(Resource resource) {
        if (resource instanceof Bundle) {
            return LEFT_OUT_OF_BUNDLES;
        }
        boolean isLabelled =
                resource.getMeta().hasSecurity() || resource.getMeta().hasTag();
        return isLabelled ? LEFT_OUT : LEFT_OUT_UNLABELLED;
    }

    private static Bundle withoutClaims(Bundle bundle) {
        Bundle unclaimed = bundle.copy();
        unclaimed.getMeta().setProfile(null);
        unclaimed.getEntry().stream()
                .filter(Bundle.BundleEntryComponent::hasResource)
                .forEach(entry -> entry.getResource().getMeta().setProfile(null));
        return unclaimed;
    }

    /** One per resource: it keeps what it learns of an instance in itself, and says less of the next. */
    private InstanceValidator validator() {
        InstanceValidator validator = new LeanInstanceValidator(definitions, sound, slices);
        validator.setPolicyAdvisor(new FhirDefaultPolicyAdvisor());
        validator.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        validator.setAnyExtensionsAllowed(true);
        validator.setErrorForUnknownProfiles(false);
        validator.setUnknownCodeSystemsCauseErrors(true);
        validator.setResourceIdRule(IdStatus.OPTIONAL);
        // The type in a literal reference is believed, so that a plan for a Group is refused without reading the Group.
        validator.setAssumeValidRestReferences(true);
        return validator;
    }
}
