// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iopfhir.conformance.ExampleName;

/** The examples of a profile: what it accepts in full, and by which rule it refuses what it refuses. */
final class Examples {
    private final Path folder;

    /** @param folder the folder with one folder for each profile */
    Examples(Path folder) {
        this.folder = folder;
    }

    /** @param rules the keys of the rules that the page lists */
    void addTo(Page page, String profile, Set<String> rules) throws IOException {
        List<Path> valid = files(profile, "valid");
        if (!valid.isEmpty()) {
            page.heading("Examples");
            for (Path file : valid) {
                page.add(Html.element(
                        "details",
                        Html.element("summary", Html.text(ExampleName.of(file).shows())),
                        Html.element("pre", Html.code(Files.readString(file))).with("tabindex", "0")));
            }
        }
        Table refused = new Table("Resources that break a rule of this profile", "Rule", "How");
        for (Path file : files(profile, "invalid")) {
            ExampleName name = ExampleName.of(file);
            Html rule = Html.code(name.rule());
            refused.row(
                    rules.contains(name.rule()) ? Html.link("#" + Links.anchor("rule", name.rule()), rule) : rule,
                    Html.text(name.shows()));
        }
        page.section("What is refused", refused);
    }

    private List<Path> files(String profile, String kind) throws IOException {
        Path examples = folder.resolve(profile).resolve(kind);
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(examples)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(examples, "*.json")) {
                found.forEach(files::add);
            }
        }
        files.sort(null);
        return files;
    }
}
