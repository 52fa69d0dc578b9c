// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.model.Base.ValidationMode;
import org.hl7.fhir.r5.model.ElementDefinition;
import org.hl7.fhir.r5.model.ElementDefinition.ElementDefinitionConstraintComponent;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.utils.validation.ValidatorSession;
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
 * HL7's validator without what it does again and again.
 *
 * <p>It looks at each element once. By itself, HL7's validator comes back to the same element with the same definition:
 * it checks what belongs to a slice against the slice and against the sliced element, although the slice says all that
 * the other says, and it checks an extension once for its url and once for the profile of its slice. In an extension
 * inside of an extension that multiplies at each level.
 */
final class LeanInstanceValidator extends InstanceValidator {
    private static final String ELE_1 = "hasValue() or (children().count() > id.count())";
    private static final String EXT_1 = "extension.exists() != value.exists()";

    /** Compares the whole resource with itself, and asks for a narrative, which is not handed over. */
    private static final String DOM_6 = "dom-6";

    private final SoundElements sound;
    private final ExtensionSlices slices;
    private final Set<Checked> done = new HashSet<>();

    /** The list that takes the messages counts: that of a trial is thrown away. Compared by identity, all three. */
    private record Checked(Element element, ElementDefinition definition, int messages) {}

    LeanInstanceValidator(IWorkerContext definitions, SoundElements sound, ExtensionSlices slices) {
        super(
                definitions,
                new FhirInstanceValidator.NullEvaluationContext(),
                new XVerExtensionManagerOld(definitions),
                new ValidatorSession(),
                new ValidatorSettings());
        this.sound = sound;
        this.slices = slices;
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
        List<Object> flags = Arrays.asList(actualType, extensionUrl, isSlice, inCodeableConcept, checkDisplayInContext);
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

    /** Two rules are asked of every element and every extension; a look tells it where FHIRPath takes a while. */
    @Override
    public boolean checkInvariant(
            ValidationContext valContext,
            List<ValidationMessage> errors,
            String path,
            StructureDefinition profile,
            Element resource,
            Element element,
            ElementDefinitionConstraintComponent rule) {
        return rule.getKey().equals(DOM_6)
                || isPlainlyMet(rule.getExpression(), element)
                || super.checkInvariant(valContext, errors, path, profile, resource, element, rule);
    }

    @Override
    public boolean matchSlice(
            ValidationContext valContext,
            List<ValidationMessage> errors,
            List<ValidationMessage> sliceInfo,
            StructureDefinition profile,
            NodeStack stack,
            @Nullable ElementDefinition slicer,
            List<ElementDefinition> slicerSlices,
            boolean unsupportedSlicing,
            List<String> problematicPaths,
            int sliceOffset,
            int i,
            StructureDefinition source,
            ElementDefinition slice,
            boolean childUnsupportedSlicing,
            ElementInfo child,
            BooleanHolder isGood) {
        if (isOther(child, source, slicer, slice)) {
            return unsupportedSlicing;
        }
        return super.matchSlice(
                valContext,
                errors,
                sliceInfo,
                profile,
                stack,
                slicer,
                slicerSlices,
                unsupportedSlicing,
                problematicPaths,
                sliceOffset,
                i,
                source,
                slice,
                childUnsupportedSlicing,
                child,
                isGood);
    }

    /** What is of no slice yet may still be of none, which HL7's validator marks as it goes. */
    private boolean isOther(
            ElementInfo child,
            StructureDefinition source,
            @Nullable ElementDefinition slicer,
            ElementDefinition slice) {
        boolean isOther =
                slicer != null && slicer != slice && slices.isOther(child.getElement(), source, slicer, slice);
        if (isOther && child.getSlice() == null) {
            child.setAdditionalSlice(true);
        }
        return isOther;
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
        return isDoneBySlice || !done.add(new Checked(child.getElement(), checked, System.identityHashCode(errors)));
    }

    /** What is said in another language is looked at each time, and so is a value by itself, which costs no more. */
    private @Nullable Place placeOf(
            StructureDefinition profile,
            ElementDefinition checked,
            Element resource,
            ElementInfo child,
            NodeStack stack,
            List<Object> flags) {
        if (child.getElement().hasValue() || child.isAdditionalSlice() || resource.hasChild("language")) {
            return null;
        }
        String path = profile.getUrl() + " " + stack.getLiteralPath() + "." + child.getName();
        return sound.placeOf(profile, checked, child.getElement(), path, flags);
    }
}
