// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Narrative;
import org.hl7.fhir.r4.model.Resource;

/**
 * Check what base R4 asks of every resource and what costs little: elements that must be there are there, at every
 * depth, narratives hold nothing but text, and labels of substance use treatment are whole.
 *
 * <p>HAPI's storage checks none of them. The full validation of a resource that no profile of ours is about would cost a
 * hundred times as much and would refuse what other systems wrote.
 */
final class BaseRules {
    private final FhirContext fhir;

    BaseRules(FhirContext fhir) {
        this.fhir = fhir;
    }

    List<Issue> check(Resource resource) {
        List<Issue> issues = new ArrayList<>();
        walk(resource, resource.fhirType(), resource.fhirType(), issues);
        return issues;
    }

    /**
     * @param root the part of the path that leads to the resource around: a rule has the same key in an entry of a Bundle
     */
    private void walk(IBase parent, String path, String root, List<Issue> issues) {
        if (parent instanceof Narrative narrative && narrative.hasDiv()) {
            issues.addAll(NarrativeRules.check(narrative.getDiv(), path + ".div"));
        }
        if (parent instanceof Resource resource) {
            issues.addAll(Part2Label.check(resource, path));
        }
        if (!(definition(parent) instanceof BaseRuntimeElementCompositeDefinition<?> type)) {
            return;
        }
        for (BaseRuntimeChildDefinition child : type.getChildren()) {
            List<IBase> values = present(child, parent);
            if (values.size() < child.getMin()) {
                issues.add(missing(path, root, child.getElementName()));
            }
            for (int i = 0; i < values.size(); i++) {
                String below = path + "." + step(child, i);
                walk(values.get(i), below, isEntry(parent, child) ? below : root, issues);
            }
        }
    }

    private BaseRuntimeElementDefinition<?> definition(IBase element) {
        return element instanceof IBaseResource resource
                ? fhir.getResourceDefinition(resource)
                : fhir.getElementDefinition(element.getClass());
    }

    private static List<IBase> present(BaseRuntimeChildDefinition child, IBase parent) {
        if (child instanceof RuntimeChildExtension) {
            return List.of();
        }
        List<IBase> present = new ArrayList<>();
        for (IBase value : child.getAccessor().getValues(parent)) {
            if (value != null && !value.isEmpty()) {
                present.add(value);
            }
        }
        return present;
    }

    private static String step(BaseRuntimeChildDefinition child, int index) {
        String name = child.getElementName().replace("[x]", "");
        return child.getMax() == 1 ? name : name + "[" + index + "]";
    }

    private static boolean isEntry(IBase parent, BaseRuntimeChildDefinition child) {
        return parent instanceof BundleEntryComponent && child.getElementName().equals("resource");
    }

    private static Issue missing(String path, String root, String element) {
        String name = element.replace("[x]", "");
        String below = path.equals(root) ? "" : path.substring(root.length() + 1) + ".";
        String key = (below + name).replaceAll("\\[\\d+]", "").replace('.', '-').toLowerCase(Locale.ROOT);
        return Issue.error("card-" + key, path, "Base R4 requires " + path + "." + element + ", which is missing");
    }
}
