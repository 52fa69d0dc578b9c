// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.ValidationOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.NpmPackageValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.ImplementationGuide;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.junit.jupiter.api.Test;

/** The package as others get it. */
class PackageTest {
    private static final Pattern OURS =
            Pattern.compile("\"(https://iop-fhir\\.org/fhir/[A-Z]\\w+/[\\w.-]+)(?:[|#]\\S*)?\"");

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final IgPackage iop = IgPackage.fromClassPath(fhir);

    @Test
    void holdsEverySourceFileUnderItsTypeAndId() {
        for (Path file : Sources.conformance()) {
            Resource source = Sources.parse(fhir, file);
            String name = source.fhirType() + "-" + source.getIdElement().getIdPart();

            assertThat(file.getFileName()).hasToString(name + ".json");
            assertThat(iop.find("https://iop-fhir.org/fhir/" + name.replaceFirst("-", "/")))
                    .isPresent();
        }
    }

    @Test
    void holdsThePartsOfCodeSystemsOfOthersWithTheirLicence() {
        assertThat(iop.excerpts()).hasSameSizeAs(Sources.excerpts()).allSatisfy(excerpt -> {
            assertThat(excerpt.getContent()).isEqualTo(CodeSystem.CodeSystemContentMode.FRAGMENT);
            assertThat(excerpt.getCopyright()).isNotBlank();
            assertThat(excerpt.getUrl()).doesNotStartWith("https://iop-fhir.org/");
        });
    }

    /** A display that differs from that of its owner would be a fact of our own making. */
    @Test
    void givesACodeOfOthersTheNameThatTheExcerptGives() {
        Map<String, String> names = new HashMap<>();
        iop.excerpts()
                .forEach(excerpt -> excerpt.getConcept()
                        .forEach(concept ->
                                names.put(excerpt.getUrl() + "#" + concept.getCode(), concept.getDisplay())));
        List<Coding> used = new ArrayList<>();
        Stream.concat(Sources.examples("valid").stream(), Sources.stories().stream())
                .map(file -> Sources.parse(fhir, file))
                .forEach(example ->
                        used.addAll(fhir.newTerser().getAllPopulatedChildElementsOfType(example, Coding.class)));

        assertThat(used)
                .filteredOn(Coding::hasDisplay)
                .filteredOn(coding -> coding.getSystem().equals("http://loinc.org")
                        || coding.getSystem().equals("http://snomed.info/sct"))
                .hasSizeGreaterThan(50)
                .allSatisfy(coding -> assertThat(coding.getDisplay())
                        .isEqualTo(names.get(coding.getSystem() + "#" + coding.getCode())));
    }

    @Test
    void namesNothingOfOursThatIsNotInIt() {
        Set<String> dangling = new TreeSet<>();
        for (Path file : Sources.conformance()) {
            Matcher url = OURS.matcher(fhir.newJsonParser().encodeResourceToString(Sources.parse(fhir, file)));
            while (url.find()) {
                if (iop.find(url.group(1)).isEmpty()) {
                    dangling.add(file.getFileName() + " names " + url.group(1));
                }
            }
        }

        assertThat(dangling).isEmpty();
    }

    @Test
    void bringsSnapshots() {
        assertThat(iop.all(StructureDefinition.class))
                .isNotEmpty()
                .allSatisfy(structure -> assertThat(structure.getSnapshot().getElement())
                        .hasSizeGreaterThan(
                                structure.getDifferential().getElement().size() / 2));
    }

    @Test
    void bringsTheExamplesAndStories() {
        assertThat(iop.examples()).hasSameSizeAs(Sources.examples("valid"));
        assertThat(iop.stories()).hasSameSizeAs(Sources.stories());
    }

    @Test
    void theGuideListsEveryArtifactAndEveryExampleWithItsProfile() {
        var listed = iop.all(ImplementationGuide.class).get(0).getDefinition().getResource();

        assertThat(listed)
                .hasSize(iop.artifacts().size()
                        - 1
                        + iop.examples().size()
                        + iop.stories().size());
        for (Path file : Sources.examples("valid")) {
            Resource example = Sources.parse(fhir, file);
            String reference = example.fhirType() + "/" + example.getIdElement().getIdPart();
            assertThat(listed)
                    .filteredOn(entry -> entry.getReference().getReference().equals(reference))
                    .singleElement()
                    .satisfies(entry -> {
                        if (Sources.isPlain(file)) {
                            assertThat(entry.getExampleBooleanType().booleanValue())
                                    .isTrue();
                        } else {
                            assertThat(entry.getExampleCanonicalType().getValue())
                                    .endsWith("/" + Sources.profileOf(file));
                        }
                    });
        }
    }

    @Test
    void tellsOfAProfileWhatAStartNeedsWithoutItsElements() {
        assertThat(iop.outlines())
                .hasSameSizeAs(iop.all(StructureDefinition.class))
                .allSatisfy(outline -> {
                    StructureDefinition whole =
                            (StructureDefinition) iop.find(outline.getUrl()).orElseThrow();
                    StructureDefinition bare = whole.copy().setSnapshot(null).setDifferential(null);
                    assertThat(outline.equalsDeep(bare)).as(outline.getUrl()).isTrue();
                });
        assertThat(iop.profileOutlines()).hasSameSizeAs(iop.profiles());
    }

    @Test
    void hasOneExampleOfEachProfileToWarmUpWith() {
        RequiredProfiles required = new RequiredProfiles(fhir, iop);
        List<Resource> examples = iop.examplesOf(iop.profiles().stream()
                .map(profile -> profile.getIdElement().getIdPart())
                .collect(Collectors.toSet()));

        assertThat(examples.stream().flatMap(example -> required.of(example).stream()))
                .containsAll(
                        iop.profiles().stream().map(StructureDefinition::getUrl).toList());
        assertThat(examples).hasSameSizeAs(iop.profiles());
    }

    @Test
    void namesThePatientOfAStoryWithoutReadingTheStory() {
        assertThat(iop.stories())
                .allSatisfy(story -> assertThat(story.transaction().get().getEntry())
                        .extracting(entry -> entry.getResource())
                        .filteredOn(Patient.class::isInstance)
                        .singleElement()
                        .matches(patient -> patient.getIdElement().getIdPart().equals(story.patient())));
    }

    @Test
    void takesATransactionForAStoryAndADocumentForAnExample() {
        assertThat(iop.stories())
                .extracting(story -> story.transaction().get().getType())
                .containsOnly(Bundle.BundleType.TRANSACTION);
        assertThat(iop.examples())
                .filteredOn(Bundle.class::isInstance)
                .extracting(example -> ((Bundle) example).getType())
                .contains(Bundle.BundleType.DOCUMENT)
                .doesNotContain(Bundle.BundleType.TRANSACTION);
    }

    @Test
    void findsByVersionOnlyItsOwn() {
        String url = "https://iop-fhir.org/fhir/StructureDefinition/iop-goal";

        assertThat(iop.find(url + "|" + iop.version())).isPresent();
        assertThat(iop.find(url + "|9.9.9")).isEmpty();
    }

    @Test
    void sameFilesGiveTheSameBytes() throws IOException {
        assertThat(tgzOf("b", "a")).isEqualTo(tgzOf("a", "b"));
    }

    @Test
    void provesTheExamplesAgainWhenHapiLoadsIt() throws IOException {
        NpmPackageValidationSupport loaded = new NpmPackageValidationSupport(fhir);
        loaded.loadPackageFromClasspath(IgPackage.FILE);
        CoreDefinitions core = CoreDefinitions.fromClassPath(fhir);
        List<CodeSystem> younger = iop.excerpts().stream()
                .filter(excerpt -> excerpt.getUrl().startsWith("http://terminology.hl7.org/"))
                .toList();
        FhirInstanceValidator module = new FhirInstanceValidator(new ValidationSupportChain(
                        loaded,
                        new AddedCodes(fhir, core, younger),
                        core,
                        new CommonCodeSystemsTerminologyService(fhir),
                        new InMemoryTerminologyServerValidationSupport(fhir))
                .setCodeableConceptValidationSuccessfulIfNotAllCodingsAreValid(true));
        module.setAssumeValidRestReferences(true);
        FhirValidator validator = fhir.newValidator().registerValidatorModule(module);

        for (Path file : Sources.examples("valid")) {
            assertThat(errors(validator, file)).as(file.toString()).isEmpty();
        }
        for (Path file : Sources.examples("invalid")) {
            assertThat(errors(validator, file)).as(file.toString()).isNotEmpty();
        }
    }

    private List<String> errors(FhirValidator validator, Path file) {
        ValidationOptions options = new ValidationOptions();
        if (!Sources.isPlain(file)) {
            options.addProfile("https://iop-fhir.org/fhir/StructureDefinition/" + Sources.profileOf(file));
        }
        return validator.validateWithResult(Sources.parse(fhir, file), options).getMessages().stream()
                .filter(message -> message.getSeverity() == ResultSeverityEnum.ERROR
                        || message.getSeverity() == ResultSeverityEnum.FATAL)
                // The events of a notification are codes of a guide that no package here brings.
                .filter(message -> !message.getMessage().contains("http://hl7.org/fhir/us/davinci-alerts/CodeSystem/"))
                // HL7 added this code after the edition of ActCode that HAPI bundles.
                .filter(message -> !message.getMessage().contains("v3-ActCode#42CFRPart2CD"))
                .map(message -> message.getLocationString() + ": " + message.getMessage())
                .collect(Collectors.toList());
    }

    private byte[] tgzOf(String... names) throws IOException {
        PackageWriter writer = new PackageWriter();
        for (String name : names) {
            writer.addFile("package/" + name, name.getBytes(StandardCharsets.UTF_8));
        }
        return writer.toTgz();
    }
}
