// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of concepts, read as data.
 *
 * @param promised how many concepts the page says that a section has, by its heading
 * @param systems the URL of a code system by its short name
 * @param rows the rows of all sections
 */
record Concepts(Map<String, Integer> promised, Map<String, String> systems, List<Row> rows) {
    private static final Path PAGE = Path.of("src", "site", "markdown", "concepts.md");
    private static final Pattern NUMBER = Pattern.compile("\\d+[a-z]");
    private static final Pattern EXAMPLE = Pattern.compile("\\[(\\w+/[\\w.-]+)]\\(([^)]+)\\)");
    private static final Pattern EXTENSION = Pattern.compile("extension\\(([\\w-]+)\\)");

    /**
     * One way to state a concept.
     *
     * @param name its number and letter in the section, and what the concept is
     * @param element FHIRPath as a machine reads it
     * @param codes {@code system#code}, the system by its short name
     * @param example {@code Type/id}
     * @param file the file that holds the example, itself or as an entry of a story
     */
    record Row(
            String section,
            String name,
            String element,
            List<String> codes,
            String profile,
            String example,
            Path file) {
        int number() {
            return Integer.parseInt(name.replaceFirst("\\D.*", ""));
        }

        String type() {
            return example.substring(0, example.indexOf('/'));
        }

        @Override
        public String toString() {
            return section + " " + name;
        }
    }

    static Concepts read() {
        Map<String, Integer> promised = new LinkedHashMap<>();
        Map<String, String> systems = new LinkedHashMap<>();
        List<Row> rows = new ArrayList<>();
        String section = "";
        for (String line : lines()) {
            List<String> cells = cells(line);
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (cells.size() == 6 && NUMBER.matcher(cells.get(0)).matches()) {
                rows.add(row(section, cells));
            } else if (cells.size() == 2 && cells.get(1).matches("\\d+")) {
                promised.put(cells.get(0), Integer.valueOf(cells.get(1)));
            } else if (section.equals("Systems")
                    && cells.size() == 2
                    && cells.get(1).startsWith("`")) {
                systems.put(cells.get(0), unquoted(cells.get(1)));
            }
        }
        return new Concepts(promised, systems, rows);
    }

    /** The numbers of the concepts that a section has rows for. */
    List<Integer> numbers(String section) {
        return rows.stream()
                .filter(row -> row.section().equals(section))
                .map(Row::number)
                .distinct()
                .toList();
    }

    private static Row row(String section, List<String> cells) {
        Matcher example = matched(EXAMPLE, cells.get(5));
        List<String> codes = cells.get(3).equals("-")
                ? List.of()
                : List.of(unquoted(cells.get(3)).split(" "));
        return new Row(
                section,
                cells.get(0) + " " + cells.get(1),
                EXTENSION
                        .matcher(unquoted(cells.get(2)))
                        .replaceAll(found -> "extension('" + url(found.group(1)) + "')"),
                codes,
                cells.get(4),
                example.group(1),
                PAGE.resolveSibling(example.group(2)).normalize());
    }

    private static String url(String extension) {
        boolean ours = Files.exists(
                Sources.PROFILES.resolve("extensions").resolve("StructureDefinition-" + extension + ".json"));
        String base = ours ? Conformance.CANONICAL_BASE : "http://hl7.org/fhir";
        return base + "/StructureDefinition/" + extension;
    }

    private static Matcher matched(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("In " + PAGE + ": " + text);
        }
        return matcher;
    }

    private static List<String> cells(String line) {
        return line.startsWith("| ")
                ? List.of(line.substring(2, line.lastIndexOf('|')).trim().split(" +\\| +"))
                : List.of();
    }

    private static String unquoted(String cell) {
        return cell.replace("`", "");
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
