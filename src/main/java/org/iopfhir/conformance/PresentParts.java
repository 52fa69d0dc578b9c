// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.IdentityHashMap;
import java.util.List;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.elementmodel.JsonParser;
import org.hl7.fhir.r5.elementmodel.ParserBase;
import org.hl7.fhir.r5.elementmodel.Property;
import org.hl7.fhir.utilities.json.model.JsonProperty;
import org.hl7.fhir.utilities.validation.ValidationMessage;

/**
 * HL7's reader of JSON, which goes on to ask at length for each element that a type may have, without asking for those
 * that are not there. For use again, since it remembers the definitions that it has met, but by one thread at a time.
 */
final class PresentParts extends JsonParser {

    /** The names of properties, each of which is one object for as long as the reader lives. */
    private final IdentityHashMap<Property, String> names = new IdentityHashMap<>();

    PresentParts(IWorkerContext definitions) {
        super(definitions);
        setupValidation(ParserBase.ValidationPolicy.EVERYTHING);
    }

    @Override
    public void parseChildItem(
            List<ValidationMessage> errors,
            String path,
            List<JsonProperty> children,
            Element context,
            Property property) {
        String name = names.computeIfAbsent(property, Property::getJsonName);
        if (isPresent(name, children)) {
            super.parseChildItem(errors, path, children, context, property);
        }
    }

    private static boolean isPresent(String name, List<JsonProperty> children) {
        for (JsonProperty child : children) {
            if (isNamed(child.getName(), name)) {
                return true;
            }
        }
        return false;
    }

    /** Before the name of what a primitive has beside its value stands a line. */
    private static boolean isNamed(String child, String name) {
        int from = child.startsWith("_") ? 1 : 0;
        return name.endsWith("[x]")
                ? child.startsWith(name.substring(0, name.length() - 3), from)
                : child.length() - from == name.length() && child.endsWith(name);
    }
}
