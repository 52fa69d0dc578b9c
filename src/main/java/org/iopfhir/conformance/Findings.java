// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.utilities.validation.ValidationMessage.IssueSeverity;

/**
 * Turn the messages of HL7's validator into our issues: with a stable rule key, each rule once per element, without the
 * known noise.
 */
final class Findings {
    private static final Pattern ELEMENT_ID = Pattern.compile("^(?:Slice ')?([A-Z][\\w.:\\[\\]-]*)");
    private static final Pattern SENTENCE =
            Pattern.compile("^Constraint failed: \\S+: '(.*?)'(?: \\(defined in .*)?$", Pattern.DOTALL);
    private static final Pattern FROM_PROFILE = Pattern.compile(" ?\\((?:from|defined in) [^)]*\\)");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/");
    private static final Pattern UNTYPED = Pattern.compile("^The type of element (\\w+) is not known");
    private static final String UNKNOWN_CODE = "Terminology_PassThrough_TX_Message";

    private static final String UNANSWERED = "No response answer found for required item";

    private final Resource resource;
    private final Map<String, Issue> issues = new LinkedHashMap<>();

    Findings(Resource resource) {
        this.resource = resource;
    }

    List<Issue> read(List<ValidationMessage> messages) {
        for (ValidationMessage message : messages) {
            if (message.getLevel() != IssueSeverity.INFORMATION && !KnownNoise.contains(message)) {
                add(issue(message));
            }
        }
        return withoutRepeatedCodes(withoutEffectsOfTypes(new ArrayList<>(issues.values())));
    }

    private void add(Issue issue) {
        issues.putIfAbsent(issue.rule() + " " + issue.path(), issue);
    }

    /** An element of a wrong type has no code, no unit and no value either; that it is of a wrong type says it all. */
    private static List<Issue> withoutEffectsOfTypes(List<Issue> all) {
        List<String> wrong =
                all.stream().filter(Findings::isWrongType).map(Issue::path).toList();
        all.removeIf(issue -> !isWrongType(issue)
                && wrong.stream().anyMatch(path -> issue.path().startsWith(path)));
        return all;
    }

    /** The validator's own names for values that a type cannot hold begin with the same word. */
    private static boolean isWrongType(Issue issue) {
        return issue.isError()
                && issue.rule().startsWith("type-")
                && !issue.rule().startsWith("type-specific-");
    }

    /** A code that its own system does not know is reported as that and as outside the value set; the latter says more. */
    private static List<Issue> withoutRepeatedCodes(List<Issue> all) {
        all.removeIf(issue -> issue.rule().startsWith("code-")
                && all.stream()
                        .anyMatch(other -> other.isError()
                                && other.rule().startsWith("binding-")
                                && issue.path().startsWith(other.path())));
        return all;
    }

    private Issue issue(ValidationMessage message) {
        String location = message.getLocation() == null ? resource.fhirType() : message.getLocation();
        String path = COMMENT.matcher(location).replaceAll("");
        Issue.Severity severity =
                message.getLevel() == IssueSeverity.WARNING ? Issue.Severity.WARNING : Issue.Severity.ERROR;
        return new Issue(severity, rule(message, path), path, expected(message));
    }

    private String rule(ValidationMessage message, String path) {
        String id = message.getMessageId() == null ? "invalid" : message.getMessageId();
        if (id.startsWith("Questionnaire_QR_Item_Missing")
                || message.getMessage().startsWith(UNANSWERED)) {
            return "questionnaire-required";
        }
        if (id.contains(" ")) {
            // Where the validator has no key for a message it gives the message.
            return "invalid";
        }
        if (id.contains("#")) {
            return id.substring(id.lastIndexOf('#') + 1);
        }
        if (id.startsWith("Validation_VAL_Profile_M")) {
            return key("card", path, lastElement(message.getMessage()));
        }
        if (id.startsWith("Terminology_TX_NoValid") || id.startsWith("Terminology_TX_Code_ValueSet")) {
            return key("binding", path, "");
        }
        if (id.equals(UNKNOWN_CODE)) {
            return key("code", path, "");
        }
        if (id.startsWith("_DT_Fixed") || id.startsWith("Fixed_") || id.contains("PATTERN")) {
            return key("fixed", path, "");
        }
        if (id.startsWith("Reference_REF") || id.equals("Extension_PROF_Type") || id.equals("Extension_EXT_Type")) {
            return key("type", path, "");
        }
        Matcher untyped = UNTYPED.matcher(message.getMessage());
        if (untyped.find()) {
            return key("type", path, new ElementNames(resource).withoutType(path, untyped.group(1)));
        }
        return id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    private String key(String kind, String path, String child) {
        List<String> names = new ArrayList<>(new ElementNames(resource).of(path));
        if (!child.isEmpty()) {
            names.add(child);
        }
        return names.isEmpty() ? kind : kind + "-" + String.join("-", names).toLowerCase(Locale.ROOT);
    }

    /** Read {@code category-iop} from a text that begins with {@code Slice 'CarePlan.category:iop'}. */
    private static String lastElement(String text) {
        Matcher id = ELEMENT_ID.matcher(text);
        if (!id.find()) {
            return "";
        }
        String last = id.group(1).substring(id.group(1).lastIndexOf('.') + 1).replaceAll(":$", "");
        return last.replace("[x]", "").replace("extension:", "").replace(':', '-');
    }

    private static String expected(ValidationMessage message) {
        Matcher sentence = SENTENCE.matcher(message.getMessage());
        return sentence.matches()
                ? sentence.group(1)
                : FROM_PROFILE.matcher(message.getMessage()).replaceAll("");
    }
}
