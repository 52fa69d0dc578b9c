// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hl7.fhir.common.hapi.validation.validator.FhirDefaultPolicyAdvisor;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.elementmodel.Manager;
import org.hl7.fhir.r5.model.Base.ValidationMode;
import org.hl7.fhir.r5.model.ElementDefinition;
import org.hl7.fhir.r5.model.ElementDefinition.ElementDefinitionConstraintComponent;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.utils.validation.ValidatorSession;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.IdStatus;
import org.hl7.fhir.r5.utils.xver.XVerExtensionManagerOld;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.validation.ValidatorSettings;
import org.hl7.fhir.validation.instance.InstanceValidator;
import org.hl7.fhir.validation.instance.ResourcePercentageLogger;
import org.hl7.fhir.validation.instance.utils.ElementInfo;
import org.hl7.fhir.validation.instance.utils.NodeStack;
import org.hl7.fhir.validation.instance.utils.ValidationContext;
import org.iopfhir.conformance.SoundElements.Place;
import org.jspecify.annotations.Nullable;

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
        List<ValidationMessage> messages = new ArrayList<>();
        validator().validate(null, messages, json(resource), Manager.FhirFormat.JSON, new ArrayList<>(required));
        return messages;
    }

    private ByteArrayInputStream json(Resource resource) {
        IParser parser = fhir.newJsonParser();
        parser.setDontEncodeElements(leftOut(resource));
        Resource unclaimed = resource instanceof Bundle bundle ? withoutClaims(bundle) : resource;
        return new ByteArrayInputStream(parser.encodeResourceToString(unclaimed).getBytes(StandardCharsets.UTF_8));
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

    /** One per resource: it keeps what it learns of an instance in itself. */
    private InstanceValidator validator() {
        InstanceValidator validator = new EachElementOnce(definitions);
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

    /**
     * Checks each element once. HL7's validator comes back to the same element with the same definition: it checks what
     * belongs to a slice against the slice and against the sliced element, although the slice says all that the other
     * says, and it checks an extension once for its url and once for the profile of its slice. In an extension inside
     * of an extension that multiplies at each level.
     */
    private final class EachElementOnce extends InstanceValidator {
        private static final String ELE_1 = "hasValue() or (children().count() > id.count())";
        private static final String EXT_1 = "extension.exists() != value.exists()";

        private final Set<Checked> done = new HashSet<>();

        /** The list that takes the messages counts: that of a trial is thrown away. Compared by identity, all three. */
        private record Checked(Element element, ElementDefinition definition, int messages) {}

        EachElementOnce(IWorkerContext definitions) {
            super(
                    definitions,
                    new FhirInstanceValidator.NullEvaluationContext(),
                    new XVerExtensionManagerOld(definitions),
                    new ValidatorSession(),
                    new ValidatorSettings());
        }

        @Override
        public boolean checkChildByDefinition(
                ValidationContext valContext,
                List<ValidationMessage> errors,
                StructureDefinition profile,
                ElementDefinition definition,
                Element resource,
                Element element,
                String actualType,
                NodeStack stack,
                boolean inCodeableConcept,
                boolean checkDisplayInContext,
                ElementInfo child,
                String extensionUrl,
                ElementDefinition checked,
                boolean isSlice,
                ResourcePercentageLogger progress,
                ValidationMode mode) {
            List<Object> flags =
                    Arrays.asList(actualType, extensionUrl, isSlice, inCodeableConcept, checkDisplayInContext);
            Supplier<@Nullable Place> place = () -> placeOf(profile, checked, resource, child, stack, flags);
            BooleanSupplier look = () -> super.checkChildByDefinition(
                    valContext,
                    errors,
                    profile,
                    definition,
                    resource,
                    element,
                    actualType,
                    stack,
                    inCodeableConcept,
                    checkDisplayInContext,
                    child,
                    extensionUrl,
                    checked,
                    isSlice,
                    progress,
                    mode);
            return isDone(errors, child, checked, isSlice) || sound.isSound(place, errors, look);
        }

        /** These two are asked of every element and every extension; a look tells it where FHIRPath takes a while. */
        @Override
        public boolean checkInvariant(
                ValidationContext valContext,
                List<ValidationMessage> errors,
                String path,
                StructureDefinition profile,
                Element resource,
                Element element,
                ElementDefinitionConstraintComponent rule) {
            return isPlainlyMet(rule.getExpression(), element)
                    || super.checkInvariant(valContext, errors, path, profile, resource, element, rule);
        }

        private static boolean isPlainlyMet(@Nullable String expression, Element element) {
            if (ELE_1.equals(expression)) {
                return element.hasPrimitiveValue() || hasAny(element, name -> !name.equals("id"));
            }
            return EXT_1.equals(expression)
                    && hasAny(element, name -> name.equals("extension"))
                            != hasAny(element, name -> name.startsWith("value"));
        }

        private static boolean hasAny(Element element, Predicate<String> name) {
            return element.getChildren().stream().map(Element::getName).anyMatch(name);
        }

        private boolean isDone(
                List<ValidationMessage> errors, ElementInfo child, ElementDefinition checked, boolean isSlice) {
            // What the validator calls the slice of a child is the sliced element; its definition is that of the slice.
            boolean isDoneBySlice = isSlice && child.getDefinition() != checked;
            return isDoneBySlice
                    || !done.add(new Checked(child.getElement(), checked, System.identityHashCode(errors)));
        }

        /** What is said in another language is looked at each time. */
        private @Nullable Place placeOf(
                StructureDefinition profile,
                ElementDefinition checked,
                Element resource,
                ElementInfo child,
                NodeStack stack,
                List<Object> flags) {
            String path = profile.getUrl() + " " + stack.getLiteralPath() + "." + child.getName();
            return child.isAdditionalSlice() || resource.hasChild("language")
                    ? null
                    : sound.placeOf(profile, checked, child.getElement(), path, flags);
        }
    }
}
