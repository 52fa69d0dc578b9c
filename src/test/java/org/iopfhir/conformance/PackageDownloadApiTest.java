// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.ImplementationGuide;
import org.hl7.fhir.r4.model.ImplementationGuide.ImplementationGuideDefinitionResourceComponent;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** The package as a vendor gets it: downloaded, opened by HL7's own reader, and used. */
class PackageDownloadApiTest {
    private static final FhirClient HTTP = RunningServer.client();
    private static final String GUIDE = HTTP.base().replaceFirst("/fhir$", "/guide/");

    private final FhirContext fhir = FhirContext.forR4Cached();

    @Test
    void hasTwoNamesAndSaysWhatItIs() {
        Answer plain = HTTP.get(GUIDE + "package.tgz").send().expect(200);
        Answer versioned = HTTP.get(GUIDE + "org.iop-fhir.iop-0.1.0.tgz").send().expect(200);

        assertThat(plain.header("Content-Type")).isEqualTo("application/gzip");
        assertThat(plain.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"org.iop-fhir.iop-0.1.0.tgz\"");
        assertThat(plain.header("Content-Encoding")).isEmpty();
        assertThat(versioned.bytes()).isEqualTo(plain.bytes());
        HTTP.get(GUIDE + "package.tgz")
                .header("If-None-Match", versioned.header("ETag"))
                .send()
                .expect(304);
        HTTP.get(GUIDE + "org.iop-fhir.iop-9.9.9.tgz").send().expect(404);
    }

    @Test
    void opensAsAnNpmPackage() throws IOException {
        NpmPackage npm = download();

        assertThat(npm.name()).isEqualTo("org.iop-fhir.iop");
        assertThat(npm.version()).isEqualTo("0.1.0");
        assertThat(npm.canonical()).isEqualTo(Conformance.CANONICAL_BASE);
        assertThat(npm.fhirVersion()).isEqualTo("4.0.1");
        assertThat(npm.license()).isEqualTo("Apache-2.0");
        assertThat(npm.dependencies()).contains("hl7.fhir.r4.core#4.0.1", "hl7.fhir.us.core#6.1.0");
        assertThat(npm.getNpm().asString("type")).isEqualTo("IG");
        assertThat(npm.getNpm().asString("author")).isNotBlank();
        assertThat(npm.listResources("StructureDefinition")).hasSizeGreaterThan(30);
    }

    @Test
    void everythingThatTheGuideListsIsInIt() throws IOException {
        NpmPackage npm = download();
        ImplementationGuide guide = parse(ImplementationGuide.class, npm, npm.listResources("ImplementationGuide"));

        for (ImplementationGuideDefinitionResourceComponent listed :
                guide.getDefinition().getResource()) {
            String file = listed.getReference().getReference().replace('/', '-') + ".json";
            boolean isExample = !listed.hasExampleBooleanType()
                    || listed.getExampleBooleanType().booleanValue();
            assertThat(npm.hasFile(isExample ? "example" : "package", file))
                    .as(file)
                    .isTrue();
        }
    }

    @Test
    void validatesItsOwnExample() throws IOException {
        NpmPackage npm = download();
        FhirValidator validator = validator(npm);
        CarePlan plan = anExample(npm);
        ValidationOptions options =
                new ValidationOptions().addProfile(Conformance.CANONICAL_BASE + "/StructureDefinition/iop-care-plan");

        assertThat(errors(validator, plan, options)).isEmpty();
        assertThat(errors(validator, plan.setGoal(null), options))
                .anySatisfy(error -> assertThat(error).contains("CarePlan.goal"));
    }

    private CarePlan anExample(NpmPackage npm) throws IOException {
        String file = npm.list("example").stream()
                .filter(name -> name.startsWith("CarePlan-"))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        try (InputStream in = npm.load("example", file)) {
            return fhir.newJsonParser().parseResource(CarePlan.class, in);
        }
    }

    private FhirValidator validator(NpmPackage npm) throws IOException {
        PrePopulatedValidationSupport downloaded = new PrePopulatedValidationSupport(fhir);
        for (String file : npm.listResources("StructureDefinition", "ValueSet", "CodeSystem")) {
            downloaded.addResource(parse(Resource.class, npm, List.of(file)));
        }
        FhirInstanceValidator module = new FhirInstanceValidator(new ValidationSupportChain(
                        downloaded,
                        CoreDefinitions.fromClassPath(fhir),
                        new CommonCodeSystemsTerminologyService(fhir),
                        new InMemoryTerminologyServerValidationSupport(fhir))
                .setCodeableConceptValidationSuccessfulIfNotAllCodingsAreValid(true));
        module.setAssumeValidRestReferences(true);
        return fhir.newValidator().registerValidatorModule(module);
    }

    private static List<String> errors(FhirValidator validator, Resource resource, ValidationOptions options) {
        return validator.validateWithResult(resource, options).getMessages().stream()
                .filter(message -> message.getSeverity() == ResultSeverityEnum.ERROR)
                .map(SingleValidationMessage::getMessage)
                .toList();
    }

    private <T extends Resource> T parse(Class<T> type, NpmPackage npm, List<String> files) throws IOException {
        assertThat(files).hasSize(1);
        try (InputStream in = npm.load("package", files.get(0))) {
            return type.cast(fhir.newJsonParser().parseResource(in));
        }
    }

    private static NpmPackage download() throws IOException {
        byte[] tgz = HTTP.get(GUIDE + "package.tgz").send().expect(200).bytes();
        return NpmPackage.fromPackage(new ByteArrayInputStream(tgz));
    }
}
