// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No text becomes markup. */
class HtmlTest {

    @Test
    void escapesTextsAndAttributes() {
        Html bad = Html.link("a.html?x='\"", Html.text("<script>alert('&\"')</script>"));

        assertThat(written(bad))
                .isEqualTo("<a href=\"a.html?x=&#39;&quot;\">"
                        + "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;</a>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//elsewhere.example.org", " x"
            })
    void refusesAddressesThatAreNoPages(String address) {
        assertThatIllegalArgumentException().isThrownBy(() -> Html.link(address, Html.text("click")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"#main", "ValueSet-iop-phase.html", "../fhir/ValueSet/iop-phase", "https://hl7.org/fhir/R4/"})
    void linksToPages(String address) {
        assertThat(written(Html.link(address, Html.text("x")))).contains("href=\"" + address + "\"");
    }

    @Test
    void readsNothingButCodeFromMarkdown() {
        String page = new Page("x.html", "A <b>title</b>")
                .prose("Not *bold*, `<i>` in [a link](javascript:x)\n\nand <img src=x>")
                .html();

        assertThat(page)
                .contains("<h1>A &lt;b&gt;title&lt;/b&gt;</h1>")
                .contains(
                        "<p>Not *bold*, <code>&lt;i&gt;</code> in [a link](javascript:x)</p><p>and &lt;img src=x&gt;</p>");
    }

    private static String written(Html html) {
        StringBuilder out = new StringBuilder();
        html.write(out);
        return out.toString();
    }
}
