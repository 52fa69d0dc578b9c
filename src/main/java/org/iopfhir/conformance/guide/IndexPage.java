// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.ImplementationGuide;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.StructureDefinition;

/** Writes the first page: what the guide is for, what to load, and every artifact by its kind. */
final class IndexPage {
    private static final Map<String, Predicate<MetadataResource>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("Profiles", artifact -> isStructure(artifact) && !isExtension(artifact));
        KINDS.put("Extensions", IndexPage::isExtension);
        KINDS.put("Questionnaires", ofType("Questionnaire"));
        KINDS.put("Value sets", ofType("ValueSet"));
        KINDS.put("Code systems", ofType("CodeSystem"));
        KINDS.put("Concept maps", ofType("ConceptMap"));
        KINDS.put("Search parameters", ofType("SearchParameter"));
        KINDS.put("Operations", ofType("OperationDefinition"));
        KINDS.put("Capability statements", ofType("CapabilityStatement"));
    }

    private IndexPage() {}

    static Page of(
            ImplementationGuide guide, List<MetadataResource> artifacts, List<? extends MetadataResource> excerpts) {
        Page page = new Page(Page.INDEX, Links.title(guide) + " implementation guide").prose(guide.getDescription());
        page.heading("The package");
        page.add(Html.p(
                Html.text("All of it in one file for a validator or another server: "),
                Html.link("package.tgz", Html.text(guide.getPackageId() + " " + guide.getVersion())),
                Html.text(" (NPM layout, FHIR 4.0.1, " + guide.getLicense().toCode() + "). With HL7's validator: ")));
        Html.Element command = Html.element(
                "pre",
                Html.code(
                        "java -jar validator_cli.jar plan.json -version 4.0.1 -ig package.tgz -ig hl7.fhir.us.core#6.1.0"
                                + " -profile "
                                + guide.getUrl()
                                        .replaceFirst(
                                                "/ImplementationGuide/.*", "/StructureDefinition/iop-care-plan")));
        page.add(command.with("class", "command"));
        page.section("Depends on", dependencies(guide));
        page.heading("Rules");
        page.prose("A server requires a profile of what a resource is, not only of what it claims: the page of each"
                + " profile says when.");
        page.add(Html.p(
                Html.link(RulesPage.FILE, Html.text("All rules by their keys")),
                Html.text(", those of one resource and those between records.")));
        KINDS.forEach((heading, kind) -> page.section(
                heading, table(heading, artifacts.stream().filter(kind).toList())));
        page.section(
                "Codes of others",
                table("Codes of other systems that are shipped with their names", List.copyOf(excerpts)));
        return page;
    }

    private static Table dependencies(ImplementationGuide guide) {
        Table table = new Table("Packages that this one depends on", "Package", "Version");
        guide.getDependsOn()
                .forEach(other -> table.row(Html.code(other.getPackageId()), Html.text(other.getVersion())));
        return table;
    }

    private static Table table(String caption, List<? extends MetadataResource> artifacts) {
        Table table = new Table(caption, "Name", "What it is for");
        artifacts.forEach(artifact -> table.row(
                Html.link(Links.file(artifact), Html.text(Links.title(artifact))),
                Html.text(artifact.getDescription())));
        return table;
    }

    /** Whether an artifact has its place on this page; the guide itself is this page. */
    static boolean lists(MetadataResource artifact) {
        return artifact instanceof ImplementationGuide
                || KINDS.values().stream().anyMatch(kind -> kind.test(artifact));
    }

    private static Predicate<MetadataResource> ofType(String type) {
        return artifact -> artifact.fhirType().equals(type);
    }

    private static boolean isStructure(MetadataResource artifact) {
        return artifact instanceof StructureDefinition;
    }

    private static boolean isExtension(MetadataResource artifact) {
        return artifact instanceof StructureDefinition structure
                && structure.getType().equals("Extension");
    }
}
