// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

/** A page in the making: plain HTML that needs no script. Whatever is not written by this server is escaped. */
final class Page {

    /** The only style sheet; inline styles would need a weaker content policy. */
    static final String STYLE = """
            :root { color-scheme: light; }
            body { margin: 0; background: #f4f5f7; color: #1a1a1a; font: 1.0625rem/1.5 system-ui, sans-serif; }
            header { background: #0b3d66; color: #fff; padding: 0.75rem 1.25rem; }
            header p { margin: 0; font-weight: 600; }
            main { max-width: 38rem; margin: 1.5rem auto; padding: 0 1.25rem 2rem; }
            h1 { font-size: 1.5rem; line-height: 1.25; }
            h2 { font-size: 1.125rem; }
            form, section { background: #fff; border: 1px solid #8a8f98; border-radius: 6px; padding: 1rem 1.25rem;
              margin: 1rem 0; }
            label { display: block; font-weight: 600; margin-top: 0.75rem; }
            label.choice { font-weight: 400; display: flex; gap: 0.6rem; align-items: baseline; margin-top: 0.5rem; }
            fieldset { border: 1px solid #8a8f98; border-radius: 6px; margin: 1rem 0 0; }
            fieldset fieldset { border-style: dashed; }
            legend { font-weight: 600; padding: 0 0.4rem; }
            input[type=text], input[type=password], input[type=search] { width: 100%; box-sizing: border-box;
              font: inherit; padding: 0.5rem; border: 1px solid #5a6069; border-radius: 4px; }
            input[type=checkbox], input[type=radio] { width: 1.15rem; height: 1.15rem; }
            button { font: inherit; font-weight: 600; padding: 0.55rem 1.1rem; margin: 1rem 0.6rem 0 0;
              border: 2px solid #0b3d66; border-radius: 4px; background: #0b3d66; color: #fff; cursor: pointer; }
            button.second { background: #fff; color: #0b3d66; }
            :focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
            .problem { border: 2px solid #b00020; border-radius: 6px; background: #fff; padding: 0.75rem 1.25rem; }
            .hint { color: #444; margin: 0.25rem 0 0; }
            """;

    private final StringBuilder html = new StringBuilder();
    private final String title;

    Page(String title) {
        this.title = title;
    }

    /** Add HTML, in which each {@code {}} is replaced by a text. */
    Page add(String template, Object... texts) {
        int from = 0;
        for (Object text : texts) {
            int hole = template.indexOf("{}", from);
            html.append(template, from, hole).append(escape(String.valueOf(text)));
            from = hole + 2;
        }
        html.append(template, from, template.length()).append('\n');
        return this;
    }

    /** Say what went wrong, before everything else that a screen reader reads. */
    Page problem(String what) {
        return add("<div class=\"problem\" role=\"alert\"><p>{}</p></div>", what);
    }

    /** The start of a form that comes back to this server. */
    Page form(String action, String formToken, String request) {
        add("<form method=\"post\" action=\"{}\">", action);
        add("<input type=\"hidden\" name=\"form\" value=\"{}\">", formToken);
        return add("<input type=\"hidden\" name=\"request\" value=\"{}\">", request);
    }

    String html() {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="UTF-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex">
                <title>%s - IOP FHIR</title>
                <link rel="stylesheet" href="style.css">
                </head>
                <body>
                <header><p>IOP FHIR</p></header>
                <main>
                <h1>%s</h1>
                %s</main>
                </body>
                </html>
                """.replaceFirst("%s", quote(title))
                .replaceFirst("%s", quote(title))
                .replaceFirst("%s", java.util.regex.Matcher.quoteReplacement(html.toString()));
    }

    private static String quote(String text) {
        return java.util.regex.Matcher.quoteReplacement(escape(text));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
