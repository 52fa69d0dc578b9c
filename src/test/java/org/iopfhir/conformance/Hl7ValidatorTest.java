// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.convertors.context.ContextResourceLoaderFactory;
import org.hl7.fhir.convertors.factory.VersionConvertorFactory_40_50;
import org.hl7.fhir.convertors.loaders.loaderR5.NullLoaderKnowledgeProviderR5;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r5.context.IContextResourceLoader;
import org.hl7.fhir.r5.context.SimpleWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.elementmodel.Manager;
import org.hl7.fhir.r5.model.CanonicalResource;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.model.PackageInformation;
import org.hl7.fhir.r5.model.Parameters;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.IValidatorResourceFetcher;
import org.hl7.fhir.r5.utils.validation.ValidatorSession;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;
import org.hl7.fhir.r5.utils.xver.XVerExtensionManagerOld;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.validation.ValidatorSettings;
import org.hl7.fhir.validation.instance.InstanceValidator;
import org.hl7.fhir.validation.instance.advisor.BasePolicyAdvisorForFullValidation;
import org.iopfhir.consent.Labels;
import org.iopfhir.consent.Notice;
import org.iopfhir.testing.Needs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The shipped package and all examples and stories under HL7's own validator, with US Core.
 *
 * <p>What runs: the class {@link InstanceValidator} of {@code org.hl7.fhir.validation} over HL7's own
 * {@link SimpleWorkerContext}, so neither HAPI's context nor HAPI's terminology. What is loaded: the R4 definitions that
 * HAPI bundles (the package hl7.fhir.r4.core is not on Maven Central); HL7's terminology and extension
 * packages, US Core and our package, each from its {@code .tgz}. What does not run: a terminology server, so that codes
 * of systems that no package brings (CPT, SNOMED CT beyond the part in HL7's package, LOINC, the VSAC value sets of US
 * Core) are not looked up, nor are MIME types, whose errors are left out; and the command line's {@code ValidationEngine}, which would fetch packages.
 *
 * <p>US Core 6.1.0 applies because our profiles impose it, to a resource of none of our profiles by {@link UsCore}. That
 * version is named in ours, so that 8.0.0 is asked for here.
 *
 * <p>Needs the folder with the packages in the system property {@code test.packages} or the environment variable
 * {@code IOP_PACKAGES}; without it the test is skipped and says so.
 */
class Hl7ValidatorTest {
    private static final String IMPOSE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile";

    private static final Path WARNINGS = Path.of("src", "site", "markdown", "validator-warnings.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    private static @Nullable SimpleWorkerContext base;

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final IgPackage iop = IgPackage.fromClassPath(fhir);
    private final RequiredProfiles required = Conformance.open(fhir).check().required();
    private final IContextResourceLoader loader =
            ContextResourceLoaderFactory.makeLoader("4.0.1", new NullLoaderKnowledgeProviderR5());

    @Test
    void findsNoErrorWithUsCore6() throws IOException {
        SimpleWorkerContext context = context(packages(), "6.1.0");

        assertThat(errors(context, examplesAndStories())).isEmpty();
        assertThat(errors(context, artifacts())).isEmpty();
        assertThat(errors(context, List.of(patientWithTelecomOfNoValue())))
                .as("US Core, which requires telecom.value, is in force")
                .anySatisfy(error -> assertThat(error).contains("telecom.value").contains("us-core-patient"));
        assertThat(errors(context, List.of(medicationThatNobodyOrdered())))
                .as("US Core is in force for what is of no profile of ours")
                .anySatisfy(error -> assertThat(error).contains("us-core-21"));
    }

    @Test
    void findsNoErrorWithUsCore8WhereUsCoreProfilesTheType() throws IOException {
        SimpleWorkerContext context = context(packages(), "8.0.0");
        List<Resource> profiled = examplesAndStories().stream()
                .filter(resource -> !ofUsCore(resource).isEmpty())
                .toList();

        assertThat(profiled).isNotEmpty();
        assertThat(errors(context, profiled)).isEmpty();
    }

    /** What the guide itself is made of, under the base definition of its type. */
    private List<Resource> artifacts() {
        return Sources.conformance().stream()
                .map(file -> Sources.parse(fhir, file))
                .toList();
    }

    @Test
    void everyWarningIsExplainedAndNothingElseIs() throws IOException {
        SimpleWorkerContext context = context(packages(), "6.1.0");
        Set<String> explanations = ROW.matcher(Files.readString(WARNINGS))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> used = new TreeSet<>();
        Set<String> unexplained = new TreeSet<>();
        for (Resource resource : Stream.concat(artifacts().stream(), examplesAndStories().stream())
                .toList()) {
            for (ValidationMessage message : validate(validator(context), context, resource)) {
                if (message.getLevel() == ValidationMessage.IssueSeverity.WARNING) {
                    List<String> why = explanations.stream()
                            .filter(message.getMessage()::contains)
                            .toList();
                    used.addAll(why);
                    if (why.isEmpty()) {
                        unexplained.add(resource.fhirType() + ": " + message.getMessage());
                    }
                }
            }
        }

        assertThat(unexplained).isEmpty();
        assertThat(used).isEqualTo(explanations);
    }

    @Test
    void findsNoErrorInWhatIsMarkedForADisclosure() throws IOException {
        SimpleWorkerContext context = context(packages(), "6.1.0");
        loadLabels(context, packages().resolve("definitions"));
        Notice notice = new Notice(Notice.Statement.FULL);
        List<Resource> marked = iop.examples().stream().map(Resource::copy).toList();
        for (Resource resource : marked) {
            Labels.stamp(null, resource);
            Labels.addBasis(resource);
            Notice.Basis basis = new Notice.Basis("https://iop-fhir.org/fhir/Consent/1", "To the hospital", false);
            if (resource instanceof Bundle document) {
                notice.mark(document, basis);
            } else {
                notice.mark(resource, basis);
            }
        }

        assertThat(errors(context, marked)).isEmpty();
        marked.get(0)
                .getMeta()
                .getSecurityFirstRep()
                .addExtension(marked.get(0).getMeta().getExtensionFirstRep());
        assertThat(errors(context, List.of(marked.get(0))))
                .as("the definitions of the extensions are in force")
                .isNotEmpty();
    }

    private List<String> errors(SimpleWorkerContext context, List<Resource> resources) throws IOException {
        List<String> errors = new ArrayList<>();
        for (Resource resource : resources) {
            for (ValidationMessage message : validate(validator(context), context, resource)) {
                boolean aboutMimeType = message.getMessage().contains("http://hl7.org/fhir/ValueSet/mimetypes");
                // US Core requires codes of race and ethnicity of a system that no package brings.
                boolean aboutRace =
                        message.getMessage().contains("CodeSystem 'urn:oid:2.16.840.1.113883.6.238' could not");
                if (message.getLevel().isError() && !aboutMimeType && !aboutRace) {
                    errors.add(
                            resource.fhirType() + "/" + resource.getIdElement().getIdPart() + " "
                                    + message.getLocation() + ": " + message.getMessage());
                }
            }
        }
        return errors;
    }

    private Resource patientWithTelecomOfNoValue() {
        Patient patient = (Patient) iop.examples().stream()
                .filter(example -> example instanceof Patient candidate && candidate.hasTelecom())
                .findFirst()
                .orElseThrow()
                .copy();
        patient.getTelecomFirstRep().setValue(null);
        return patient;
    }

    private Resource medicationThatNobodyOrdered() {
        MedicationRequest medication = (MedicationRequest) iop.examples().stream()
                .filter(MedicationRequest.class::isInstance)
                .findFirst()
                .orElseThrow()
                .copy();
        medication.setRequester(null);
        return medication;
    }

    private static Path packages() {
        String folder = System.getProperty("test.packages", System.getenv("IOP_PACKAGES"));
        Needs.that(
                folder != null && Files.isDirectory(Path.of(folder)),
                "Hl7ValidatorTest",
                "test.packages or IOP_PACKAGES to name the folder with the US Core packages");
        return Path.of(folder);
    }

    private Stream<Resource> entries(Bundle story) {
        return story.getEntry().stream().map(Bundle.BundleEntryComponent::getResource);
    }

    private List<Resource> examplesAndStories() {
        return Stream.concat(
                        iop.examples().stream(),
                        iop.stories().stream()
                                .map(story -> story.transaction().get())
                                .flatMap(this::entries))
                .toList();
    }

    private SimpleWorkerContext context(Path packages, String usCore) throws IOException {
        SimpleWorkerContext context = new SimpleWorkerContext(base(packages));
        load(context, packages.resolve("hl7.fhir.us.core-" + usCore + ".tgz"));
        loadEventsOfNotifications(context, packages.resolve("definitions"));
        try (InputStream ours = IgPackage.class.getResourceAsStream("/" + IgPackage.FILE)) {
            context.loadFromPackage(NpmPackage.fromPackage(ours), loader);
        }
        return context;
    }

    private SimpleWorkerContext base(Path packages) throws IOException {
        if (base == null) {
            base = new SimpleWorkerContext.SimpleWorkerContextBuilder().fromNothing();
            base.setCanRunWithoutTerminology(true);
            base.setNoTerminologyServer(true);
            base.setAllowLoadingDuplicates(true);
            base.setExpansionParameters(new Parameters());
            loadCore(base);
            try (Stream<Path> files = Files.list(packages)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    if (name.startsWith("hl7.terminology.r4") || name.startsWith("hl7.fhir.uv.extensions.r4")) {
                        load(base, file);
                    }
                }
            }
        }
        return base;
    }

    private void loadCore(SimpleWorkerContext context) {
        PackageInformation core = new PackageInformation("hl7.fhir.r4.core", "4.0.1", Date.from(Instant.EPOCH));
        DefaultProfileValidationSupport definitions = new DefaultProfileValidationSupport(fhir);
        definitions.fetchStructureDefinition("Patient");
        definitions.fetchCodeSystem("http://hl7.org/fhir/administrative-gender");
        for (IBaseResource definition : definitions.fetchAllConformanceResources()) {
            context.cacheResourceFromPackage(
                    VersionConvertorFactory_40_50.convertResource((Resource) definition), core);
        }
    }

    /** Da Vinci Alerts is there as single definitions; an example needs its codes. */
    private void loadEventsOfNotifications(SimpleWorkerContext context, Path definitions) throws IOException {
        Path file = definitions.resolve("hl7.fhir.us.davinci-alerts-1.1.0/CodeSystem-notification-event.json");
        context.cacheResource(VersionConvertorFactory_40_50.convertResource(Sources.parse(fhir, file)));
    }

    private void loadLabels(SimpleWorkerContext context, Path definitions) throws IOException {
        try (Stream<Path> files = Files.list(definitions.resolve("hl7.fhir.uv.security-label-ds4p-1.0.0"))) {
            for (Path file : files.sorted().toList()) {
                context.cacheResource(VersionConvertorFactory_40_50.convertResource(Sources.parse(fhir, file)));
            }
        }
    }

    private void load(SimpleWorkerContext context, Path tgz) throws IOException {
        try (InputStream in = Files.newInputStream(tgz)) {
            context.loadFromPackage(NpmPackage.fromPackage(in), loader);
        }
    }

    private static InstanceValidator validator(SimpleWorkerContext context) {
        InstanceValidator validator = new InstanceValidator(
                context, null, new XVerExtensionManagerOld(context), new ValidatorSession(), new ValidatorSettings());
        // Resources refer to others that are not there to be read; the types in the references are checked all the
        // same.
        validator.setPolicyAdvisor(new BasePolicyAdvisorForFullValidation(ReferenceValidationPolicy.IGNORE, Set.of()));
        validator.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        validator.setAnyExtensionsAllowed(true);
        validator.setAssumeValidRestReferences(true);
        validator.setFetcher(new NoOtherResources());
        return validator;
    }

    /** Answers {@code resolve()} in the invariants of US Core: nothing is there but the resource at hand. */
    private static final class NoOtherResources implements IValidatorResourceFetcher {
        @Override
        public @Nullable Element fetch(IResourceValidator validator, Object context, String url) {
            return null;
        }

        @Override
        public boolean resolveURL(
                IResourceValidator validator,
                Object context,
                String path,
                String url,
                String type,
                boolean canonical,
                List<CanonicalType> targets) {
            return true;
        }

        @Override
        public byte[] fetchRaw(IResourceValidator validator, String url) {
            throw new UnsupportedOperationException(url);
        }

        @Override
        public IValidatorResourceFetcher setLocale(Locale locale) {
            return this;
        }

        @Override
        public @Nullable CanonicalResource fetchCanonicalResource(
                IResourceValidator validator, Object context, String url) {
            return null;
        }

        @Override
        public boolean fetchesCanonicalResource(IResourceValidator validator, String url) {
            return false;
        }

        @Override
        public Set<ResourceVersionInformation> fetchCanonicalResourceVersions(
                IResourceValidator validator, Object context, String url) {
            return Set.of();
        }
    }

    private List<ValidationMessage> validate(
            InstanceValidator validator, SimpleWorkerContext context, Resource resource) throws IOException {
        List<StructureDefinition> profiles = new ArrayList<>();
        for (String url : required.of(resource)) {
            profiles.add(definition(context, url));
        }
        for (String url : ofUsCore(resource)) {
            profiles.add(definition(context, url));
        }
        String json = fhir.newJsonParser().encodeResourceToString(resource);
        List<ValidationMessage> messages = new ArrayList<>();
        validator.validate(
                null,
                messages,
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                Manager.FhirFormat.JSON,
                profiles);
        return messages;
    }

    private static StructureDefinition definition(SimpleWorkerContext context, String url) {
        StructureDefinition definition = context.fetchResource(StructureDefinition.class, url);
        assertThat(definition).as(url).isNotNull();
        return definition;
    }

    /** The profiles of US Core: what ours impose and, for a resource that is of none of ours, that of its type. */
    private List<String> ofUsCore(Resource resource) {
        List<String> ours = required.of(resource);
        return ours.isEmpty()
                ? UsCore.of(resource).stream().map(UsCore.BASE::concat).toList()
                : ours.stream().flatMap(url -> imposed(url).stream()).distinct().toList();
    }

    /** What a profile of ours imposes, in the version of US Core that is loaded. */
    private List<String> imposed(String url) {
        return ((org.hl7.fhir.r4.model.StructureDefinition) iop.find(url).orElseThrow())
                .getExtensionsByUrl(IMPOSE).stream()
                        .map(Extension::getValue)
                        .map(value -> value.primitiveValue().replaceFirst("\\|.*", ""))
                        .toList();
    }
}
