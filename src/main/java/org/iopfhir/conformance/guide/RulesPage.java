// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.ElementDefinition.ElementDefinitionConstraintComponent;
import org.hl7.fhir.r4.model.StructureDefinition;

/** Writes the page that lists all rules, so that who meets a key in an OperationOutcome finds what it says. */
final class RulesPage {
    static final String FILE = "rules.html";

    /** A row of the table of the rules between records: key, severity, what it says, source. */
    private static final Pattern BETWEEN_RECORDS =
            Pattern.compile("^\\| `([a-z0-9.-]+)` \\| (\\w+) \\| ([^|]*) \\| ([^|]*) \\|$", Pattern.MULTILINE);

    private RulesPage() {}

    /** @param documented the document of the rules between records */
    static Page of(List<StructureDefinition> profiles, Path documented) throws IOException {
        Page page = new Page(FILE, "Rules")
                .prose("A server names the rule that a resource breaks by its key, in `OperationOutcome.issue.details`."
                        + " An error is a reason to refuse the resource; a warning is not.");
        page.section("Rules of one resource", ofProfiles(profiles));
        page.section("Rules between records", betweenRecords(documented));
        page.prose("These are applied when everything of a request is written. Warnings are sent to who asks by"
                + " `Prefer: return=OperationOutcome`, and by `$validate`.");
        return page;
    }

    private static Table ofProfiles(List<StructureDefinition> profiles) {
        Table table = new Table("Rules of profiles and extensions", "Key", "Severity", "What must hold", "Profile");
        for (StructureDefinition profile : profiles) {
            for (ElementDefinition element : profile.getDifferential().getElement()) {
                for (ElementDefinitionConstraintComponent rule : element.getConstraint()) {
                    String anchor = Links.anchor("rule", rule.getKey());
                    table.row(
                            Html.link(Links.file(profile) + "#" + anchor, Html.code(rule.getKey())),
                            Html.text(rule.getSeverity().toCode()),
                            Html.text(rule.getHuman()),
                            Html.link(Links.file(profile), Html.text(Links.title(profile))));
                }
            }
        }
        return table;
    }

    private static Table betweenRecords(Path documented) throws IOException {
        Table table = new Table("Rules that compare records", "Key", "Severity", "What must hold", "Source");
        Matcher row = BETWEEN_RECORDS.matcher(Files.readString(documented));
        while (row.find()) {
            table.anchored(
                    Links.anchor("rule", row.group(1)),
                    Html.code(row.group(1)),
                    Html.text(row.group(2)),
                    Html.element("span", Page.inline(row.group(3))),
                    Html.text(row.group(4)));
        }
        return table;
    }
}
