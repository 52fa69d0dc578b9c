// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through an XML body and holds it to the limits. A document type declaration is refused as such, so no
 * entity is ever expanded or fetched.
 */
final class XmlScan {

    private static final Set<String> NAMESPACES = Set.of("http://hl7.org/fhir", "http://www.w3.org/1999/xhtml");

    private final EdgeSettings.Content limits;
    private final ElementLimits elements;
    private final XMLInputFactory xml;

    XmlScan(EdgeSettings.Content limits, ElementLimits elements) {
        this.limits = limits;
        this.elements = elements;
        // The one of the JDK: which one newFactory() finds depends on the class path.
        this.xml = XMLInputFactory.newDefaultFactory();
        xml.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        xml.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        xml.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    }

    /**
     * Check {@code body}.
     *
     * @throws RefusedException when it is over a limit or not well-formed
     */
    void check(Body body) {
        Utf8Text.check(body);
        try {
            // As HAPI reads it: by the charset of the Content-Type, whatever the XML declaration says.
            XMLStreamReader reader =
                    xml.createXMLStreamReader(new InputStreamReader(body.stream(), StandardCharsets.UTF_8));
            scan(reader);
        } catch (XMLStreamException e) {
            // The parser's own message quotes the body.
            throw malformed("The XML is not well-formed", e.getLocation());
        }
    }

    private void scan(XMLStreamReader reader) throws XMLStreamException {
        Deque<String> open = new ArrayDeque<>();
        int entries = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    throw malformed("A document type declaration or an entity is not allowed", reader.getLocation());
                case XMLStreamConstants.START_ELEMENT -> {
                    String name = reader.getLocalName();
                    checkNamespace(reader);
                    checkElement(reader, name, open.peek());
                    entries += name.equals("entry") ? 1 : 0;
                    open.push(name);
                    checkCounts(open.size(), entries, reader);
                }
                case XMLStreamConstants.END_ELEMENT -> open.pop();
                default -> {
                    // text is held by the size of the body
                }
            }
        }
    }

    /** HAPI looks at local names only, and would take a Patient of any vocabulary for one of FHIR. */
    private static void checkNamespace(XMLStreamReader reader) {
        if (!NAMESPACES.contains(String.valueOf(reader.getNamespaceURI()))) {
            throw malformed(
                    "The namespace of an element must be http://hl7.org/fhir, or that of XHTML in a narrative,",
                    reader.getLocation());
        }
    }

    private void checkElement(XMLStreamReader reader, String name, @Nullable String parent) {
        if (elements.concern(name, parent)) {
            String value = reader.getAttributeValue(null, "value");
            if (value != null) {
                try {
                    elements.check(name, parent, value);
                } catch (RefusedException e) {
                    throw e.refusal() instanceof Refusal.Malformed malformed
                            ? malformed(malformed.problems().get(0).text(), reader.getLocation())
                            : e;
                }
            }
        }
    }

    private void checkCounts(int depth, int entries, XMLStreamReader reader) {
        if (depth > limits.maxXmlDepth()) {
            throw malformed("Elements may be nested at most " + limits.maxXmlDepth() + " deep", reader.getLocation());
        }
        if (entries > limits.maxEntries()) {
            throw new RefusedException(new Refusal.TooLarge(
                    "A Bundle may have at most " + limits.maxEntries() + " entries; send it as several Bundles"));
        }
    }

    private static RefusedException malformed(String text, @Nullable Location location) {
        String where = location == null
                ? ""
                : " at line " + location.getLineNumber() + ", column " + location.getColumnNumber();
        return new RefusedException(new Refusal.Malformed(text + where));
    }
}
