// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.ImplementationGuide;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.iopfhir.conformance.IgPackage;
import org.iopfhir.conformance.RequiredProfiles;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The pages that the build writes, each of them. */
class GuidePagesTest {
    private static final Path PROFILES = Path.of("profiles");

    private static IgPackage iop = IgPackage.fromClassPath(FhirContext.forR4Cached());
    private static Map<String, byte[]> files = Map.of();

    @BeforeAll
    static void write() throws IOException {
        files = new GuideBuilder(FhirContext.forR4Cached(), iop, PROFILES).build();
    }

    @Test
    void thereIsOneForEveryArtifact() {
        Stream<MetadataResource> artifacts = Stream.concat(iop.artifacts().stream(), iop.excerpts().stream());

        assertThat(artifacts.map(Links::file)).isNotEmpty().allSatisfy(file -> {
            assertThat(files).containsKey(file);
            if (!file.equals(Page.INDEX)) {
                assertThat(text(file)).contains("Canonical URL");
                assertThat(links(Page.INDEX)).contains(file);
            }
        });
    }

    @Test
    void theClassPathHasTheSame() {
        GuideFiles served = new GuideFiles(iop);

        assertThat(files.keySet())
                .allSatisfy(file -> assertThat(served.find(file)).isPresent());
    }

    @Test
    void sameContentGivesTheSameBytes() throws IOException {
        Map<String, byte[]> again = new GuideBuilder(FhirContext.forR4Cached(), iop, PROFILES).build();

        assertThat(again.keySet()).isEqualTo(files.keySet());
        files.forEach((file, bytes) -> assertThat(again.get(file)).as(file).isEqualTo(bytes));
    }

    @Test
    void everyPageCanBeReadWithoutSeeingIt() {
        for (String file : pages()) {
            Document page = parse(file);

            assertThat(page.getDocumentElement().getAttribute("lang")).isEqualTo("en");
            assertThat(elements(page, "title"))
                    .singleElement()
                    .matches(title -> !title.getTextContent().isBlank());
            assertThat(elements(page, "h1")).as(file).hasSize(1);
            assertThat(elements(page, "main"))
                    .singleElement()
                    .matches(main -> main.getAttribute("id").equals("main"));
            assertThat(elements(page, "body").get(0).getFirstChild().getTextContent())
                    .startsWith("Skip");
            assertThat(elements(page, "table")).allSatisfy(table -> {
                assertThat(table.getFirstChild().getNodeName()).isEqualTo("caption");
                assertThat(table.getElementsByTagName("tr").getLength())
                        .as(file)
                        .isGreaterThan(1);
            });
            assertThat(elements(page, "th")).allMatch(heading -> heading.hasAttribute("scope"));
            assertThat(elements(page, "a"))
                    .allMatch(link -> !link.getTextContent().isBlank());
        }
    }

    @Test
    void noPageNeedsAScriptOrAnythingFromElsewhere() {
        for (String file : pages()) {
            Document page = parse(file);

            assertThat(List.of("script", "img", "iframe", "style", "object", "form"))
                    .as(file)
                    .allMatch(name -> elements(page, name).isEmpty());
            assertThat(elements(page, "link"))
                    .singleElement()
                    .matches(l -> l.getAttribute("href").equals(Page.STYLE));
            assertThat(elements(page, "*")).noneMatch(element -> element.hasAttribute("style"));
        }
    }

    @Test
    void everyLinkLeadsSomewhere() {
        TreeSet<String> dead = new TreeSet<>();
        for (String file : pages()) {
            for (String link : links(file)) {
                boolean leads = link.startsWith("http")
                        || link.equals(GuideFiles.PACKAGE)
                        || isPlace(file, link)
                        || (link.startsWith("../fhir/")
                                && iop.find("https://iop-fhir.org/" + link.substring(3))
                                        .isPresent());
                if (!leads) {
                    dead.add(file + " -> " + link);
                }
            }
        }

        assertThat(dead).isEmpty();
    }

    @Test
    void everyPlaceHasANameOfItsOwn() {
        for (String file : pages()) {
            assertThat(ids(file)).as(file).doesNotHaveDuplicates().allMatch(id -> id.matches("\\S+"));
        }
    }

    @Test
    void everyElementRuleAndCodeCanBeLinkedTo() {
        for (StructureDefinition structure : iop.all(StructureDefinition.class)) {
            for (ElementDefinition element : structure.getDifferential().getElement()) {
                element.getConstraint()
                        .forEach(rule -> assertThat(ids(Links.file(structure))).contains("rule-" + rule.getKey()));
                boolean isOnlySliced =
                        element.hasSlicing() && !element.hasShort() && !element.hasMin() && !element.hasMax();
                if (element.getId().contains(".") && !isOnlySliced) {
                    assertThat(ids(Links.file(structure))).contains(ElementTable.anchor(element));
                }
            }
        }
        for (CodeSystem system : iop.all(CodeSystem.class)) {
            system.getConcept()
                    .forEach(concept ->
                            assertThat(ids(Links.file(system))).contains(Links.anchor("code", concept.getCode())));
        }
    }

    @Test
    void onePageListsEveryRule() throws IOException {
        String page = text(RulesPage.FILE);
        List<String> between = Files.readAllLines(Path.of("src/site/markdown/rules.md")).stream()
                .filter(line -> line.matches("\\| `.*"))
                .map(line -> line.replaceFirst("\\| `([^`]*)`.*", "$1"))
                .toList();

        assertThat(between).hasSizeGreaterThan(10);
        assertThat(ids(RulesPage.FILE))
                .containsAll(between.stream().map(key -> "rule-" + key).toList());
        for (StructureDefinition structure : iop.all(StructureDefinition.class)) {
            structure
                    .getDifferential()
                    .getElement()
                    .forEach(element -> element.getConstraint()
                            .forEach(rule -> assertThat(page).contains(rule.getKey(), rule.getHuman())));
        }
        assertThat(links(Page.INDEX)).contains(RulesPage.FILE);
    }

    @Test
    void tellsAtEachCellOfWhichColumnItIs() {
        for (String file : pages()) {
            for (Element table : elements(parse(file), "table")) {
                List<String> columns = texts(table, "th", "col");
                assertThat(texts(table, "th", "row")).as(file).isNotEmpty();
                assertThat(labels(table)).as(file).allMatch(columns::contains);
            }
        }
    }

    @Test
    void dependsOnWhatThePackageDependsOn() throws IOException {
        var dependencies = new ObjectMapper()
                .readTree(PROFILES.resolve("package.json").toFile())
                .path("dependencies");
        TreeSet<String> named = new TreeSet<>();
        dependencies.properties().stream()
                .filter(entry -> !entry.getKey().equals("hl7.fhir.r4.core"))
                .forEach(entry ->
                        named.add(entry.getKey() + " " + entry.getValue().asText()));

        assertThat(iop.all(ImplementationGuide.class).get(0).getDependsOn())
                .extracting(other -> other.getPackageId() + " " + other.getVersion())
                .containsExactlyInAnyOrderElementsOf(named);
        assertThat(text(Page.INDEX)).contains("hl7.fhir.us.core");
    }

    @Test
    void everyProfileSaysWhenItIsRequired() {
        for (StructureDefinition profile : iop.profiles()) {
            String page = text(Links.file(profile));

            assertThat(page)
                    .as(profile.getUrl())
                    .contains("A server requires it when: ")
                    .contains(profile.getDescription());
            if (profile.hasExtension(RequiredProfiles.APPLIES_WHEN)) {
                assertThat(page)
                        .contains(profile.getExtensionByUrl(RequiredProfiles.APPLIES_WHEN)
                                .getValue()
                                .primitiveValue());
            }
        }
    }

    @Test
    void everyRuleAndBindingIsOnThePageOfItsProfile() {
        for (StructureDefinition profile : iop.all(StructureDefinition.class)) {
            String page = text(Links.file(profile));
            for (ElementDefinition element : profile.getDifferential().getElement()) {
                element.getConstraint()
                        .forEach(rule -> assertThat(page)
                                .contains(rule.getKey())
                                .contains(rule.getHuman())
                                .contains(rule.getExpression()));
                String codes = element.getBinding().getValueSet();
                if (codes != null && iop.find(codes).isPresent()) {
                    assertThat(links(Links.file(profile))).contains(Links.file((MetadataResource)
                            iop.find(codes).orElseThrow()));
                }
            }
        }
    }

    @Test
    void showsEveryExampleInFullAndNamesWhatIsRefused() throws IOException {
        for (StructureDefinition profile : iop.profiles()) {
            Path examples =
                    PROFILES.resolve("examples").resolve(profile.getIdElement().getIdPart());
            String page = text(Links.file(profile));
            for (Path valid : json(examples.resolve("valid"))) {
                assertThat(page).contains(Files.readString(valid));
            }
            for (Path invalid : json(examples.resolve("invalid"))) {
                assertThat(page).contains(invalid.getFileName().toString().replaceFirst("--.*", ""));
            }
        }
    }

    @Test
    void showsEveryCode() {
        for (CodeSystem system : iop.all(CodeSystem.class)) {
            String page = text(Links.file(system));
            system.getConcept().forEach(concept -> assertThat(page).contains(concept.getCode(), concept.getDisplay()));
        }
    }

    private static boolean isPlace(String from, String link) {
        int hash = link.indexOf('#');
        String file = hash == 0 ? from : hash < 0 ? link : link.substring(0, hash);
        return files.containsKey(file) && (hash < 0 || ids(file).contains(link.substring(hash + 1)));
    }

    private static List<String> ids(String file) {
        return elements(parse(file), "*").stream()
                .filter(element -> element.hasAttribute("id"))
                .map(element -> element.getAttribute("id"))
                .toList();
    }

    private static List<String> texts(Element table, String name, String scope) {
        NodeList found = table.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .filter(element -> element.getAttribute("scope").equals(scope))
                .map(Element::getTextContent)
                .toList();
    }

    private static List<String> labels(Element table) {
        NodeList found = table.getElementsByTagName("td");
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> ((Element) found.item(i)).getAttribute("data-label"))
                .toList();
    }

    private static List<String> pages() {
        return files.keySet().stream().filter(file -> file.endsWith(".html")).toList();
    }

    private static List<Path> json(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    private static List<String> links(String file) {
        return elements(parse(file), "a").stream()
                .map(link -> link.getAttribute("href"))
                .toList();
    }

    private static String text(String file) {
        return parse(file).getDocumentElement().getTextContent();
    }

    private static Document parse(String file) {
        byte[] content = Objects.requireNonNull(files.get(file), file);
        assertThat(new String(content, StandardCharsets.UTF_8)).startsWith("<!DOCTYPE html>");
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(content));
        } catch (Exception e) {
            throw new AssertionError(file, e);
        }
    }

    private static List<Element> elements(Document page, String name) {
        var found = page.getElementsByTagName(name);
        List<Element> all = new ArrayList<>();
        IntStream.range(0, found.getLength()).forEach(i -> all.add((Element) found.item(i)));
        return all;
    }
}
