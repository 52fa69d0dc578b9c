// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.ResourceType;
import org.jspecify.annotations.Nullable;

/** Where the page of an artifact is, and how it is called there. */
final class Links {
    private final Map<String, MetadataResource> byUrl = new LinkedHashMap<>();

    Links(List<? extends MetadataResource> artifacts) {
        artifacts.forEach(artifact -> byUrl.put(artifact.getUrl(), artifact));
    }

    /** The file of the page of an artifact; the guide as a whole is the first page. */
    static String file(MetadataResource artifact) {
        return artifact.fhirType().equals("ImplementationGuide")
                ? Page.INDEX
                : artifact.fhirType() + "-" + artifact.getIdElement().getIdPart() + ".html";
    }

    /** The id of a place on a page: of an element, a rule or a code, whatever its characters. */
    static String anchor(String kind, String name) {
        return kind + "-" + name.replaceAll("[^A-Za-z0-9._:-]+", "-").replaceAll("-$", "");
    }

    /** The name of an artifact as people say it. */
    static String title(MetadataResource artifact) {
        return artifact.hasTitle() ? artifact.getTitle() : artifact.getName();
    }

    /** A link to what a canonical URL names: our page of it, or the web; as text where the web has no page at the URL. */
    Html to(@Nullable String canonical) {
        if (canonical == null) {
            return Html.text("");
        }
        int bar = canonical.indexOf('|');
        String url = bar < 0 ? canonical : canonical.substring(0, bar);
        MetadataResource ours = byUrl.get(url);
        if (ours != null) {
            return Html.link(file(ours), Html.text(title(ours)));
        }
        return url.startsWith("http://hl7.org/fhir/")
                ? Html.link(url, Html.text(url.substring(url.lastIndexOf('/') + 1)))
                : Html.code(canonical);
    }

    /** A link to the type in the specification, or the name where it is a data type. */
    static Html type(String type) {
        boolean isResource = java.util.Arrays.stream(ResourceType.values())
                .anyMatch(resource -> resource.name().equals(type));
        return isResource
                ? Html.link("https://hl7.org/fhir/R4/" + type.toLowerCase(Locale.ROOT) + ".html", Html.text(type))
                : Html.text(type);
    }

    /** A code with its system, which is a link where the system is ours. */
    Html coding(Coding coding) {
        Html code = Html.code(coding.getCode());
        Html display = Html.text(coding.hasDisplay() ? " " + coding.getDisplay() : "");
        return Html.element("span", code, display, Html.text(" of "), to(coding.getSystem()));
    }
}
