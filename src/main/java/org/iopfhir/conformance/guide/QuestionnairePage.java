// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r4.model.Questionnaire.QuestionnaireItemAnswerOptionComponent;
import org.hl7.fhir.r4.model.Questionnaire.QuestionnaireItemComponent;

/** Writes a questionnaire as the list of its questions, each with its answers and their points. */
final class QuestionnairePage {
    private static final String ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue";

    private QuestionnairePage() {}

    static void write(Page page, Questionnaire questionnaire, Links links) {
        page.prose(questionnaire.getDescription());
        page.prose(questionnaire.getPurpose());
        page.heading("Questions").add(items(questionnaire.getItem(), links));
    }

    private static Html items(List<QuestionnaireItemComponent> items, Links links) {
        return Html.element("ol", items.stream().map(item -> item(item, links)).toList());
    }

    private static Html item(QuestionnaireItemComponent item, Links links) {
        List<Html> parts = new ArrayList<>();
        parts.add(Html.element("strong", Html.text(item.getText())));
        parts.add(Html.text(" "));
        parts.add(Html.code(item.getLinkId()));
        parts.add(Html.text(" " + item.getType().toCode() + (item.getRequired() ? ", required" : "")
                + (item.getRepeats() ? ", repeats" : "")));
        item.getCode().forEach(code -> {
            parts.add(Html.text(", "));
            parts.add(links.coding(code));
        });
        if (item.hasAnswerOption()) {
            parts.add(Html.element(
                    "ul",
                    item.getAnswerOption().stream()
                            .map(option -> answer(option, links))
                            .toList()));
        }
        if (item.hasItem()) {
            parts.add(items(item.getItem(), links));
        }
        return Html.element("li", parts);
    }

    private static Html answer(QuestionnaireItemAnswerOptionComponent option, Links links) {
        Html value = option.hasValueCoding()
                ? links.coding(option.getValueCoding())
                : Html.text(option.getValue().primitiveValue());
        List<Extension> points = new ArrayList<>(option.getExtensionsByUrl(ORDINAL));
        points.addAll(option.getValue().getExtensionsByUrl(ORDINAL));
        String text = points.isEmpty() ? "" : ": " + points.get(0).getValue().primitiveValue() + " points";
        return Html.element("li", value, Html.text(text));
    }
}
