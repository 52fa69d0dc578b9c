// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Watches the tail: the longest file, the longest method and the widest constructor tell more than any median. */
class ShapeTest {

    /** Main code and tests alike. */
    private static final Path SOURCES = Path.of("src");

    private static final int FILE_LINES = 400;
    private static final int METHOD_LINES = 40;
    private static final int CONSTRUCTOR_PARAMETERS = 7;

    /** What is over a limit, by the name in the failing message, and why it may be. */
    private static final Map<String, String> TOLERATED = Map.of();

    private static final Map<String, Integer> FILES = new TreeMap<>();
    private static final Map<String, Integer> METHODS = new TreeMap<>();
    private static final Map<String, Integer> CONSTRUCTORS = new TreeMap<>();

    @BeforeAll
    static void measure() throws IOException {
        List<Path> sources = sources();
        for (Path source : sources) {
            FILES.put(
                    name(source),
                    Files.readAllLines(source, StandardCharsets.UTF_8).size());
        }
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "needs a JDK");
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            task.parse().forEach(unit -> new Ruler(unit, positions).scan(unit, null));
        }
    }

    @Test
    void seesTheSources() {
        assertThat(FILES).isNotEmpty();
        assertThat(METHODS).isNotEmpty();
    }

    @Test
    void noFileIsTooLong() {
        assertThat(over(FILE_LINES, FILES)).isEmpty();
    }

    @Test
    void noMethodIsTooLong() {
        assertThat(over(METHOD_LINES, METHODS)).isEmpty();
    }

    @Test
    void noConstructorIsTooWide() {
        assertThat(over(CONSTRUCTOR_PARAMETERS, CONSTRUCTORS)).isEmpty();
    }

    @Test
    void everyToleratedExceptionIsStillNeeded() {
        Map<String, Integer> excess = new TreeMap<>();
        excess.putAll(excess(FILE_LINES, FILES));
        excess.putAll(excess(METHOD_LINES, METHODS));
        excess.putAll(excess(CONSTRUCTOR_PARAMETERS, CONSTRUCTORS));

        assertThat(excess.keySet()).containsAll(TOLERATED.keySet());
    }

    /** The formatter leaves package-info.java alone, so the licence line is looked for here. */
    @Test
    void everySourceFileNamesItsLicence() throws IOException {
        for (Path source : sources()) {
            assertThat(Files.readAllLines(source, StandardCharsets.UTF_8))
                    .as(source.toString())
                    .first()
                    .isEqualTo("// SPDX-License-Identifier: Apache-2.0");
        }
    }

    private static List<Path> sources() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> !file.toString().contains("node_modules"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path source) {
        return SOURCES.relativize(source).toString().replace('\\', '/');
    }

    private static Map<String, Integer> over(int limit, Map<String, Integer> measured) {
        Map<String, Integer> found = excess(limit, measured);
        found.keySet().removeAll(TOLERATED.keySet());
        return found;
    }

    private static Map<String, Integer> excess(int limit, Map<String, Integer> measured) {
        Map<String, Integer> found = new TreeMap<>(measured);
        found.values().removeIf(value -> value <= limit);
        return found;
    }

    /** Measures from the first modifier to the closing brace; a record's header is its constructor. */
    private static final class Ruler extends TreePathScanner<Void, Void> {

        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final LineMap lines;
        private String type = "";

        Ruler(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
            this.lines = Objects.requireNonNull(unit.getLineMap());
        }

        @Override
        public Void visitClass(ClassTree node, Void unused) {
            String outer = type;
            type = outer.isEmpty() ? node.getSimpleName().toString() : outer + "." + node.getSimpleName();
            if (node.getKind() == Tree.Kind.RECORD) {
                long components = node.getMembers().stream()
                        .filter(ShapeTest.Ruler::isComponent)
                        .count();
                CONSTRUCTORS.put(type + "(record)", (int) components);
            }
            super.visitClass(node, null);
            type = outer;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree node, Void unused) {
            String name = type + "." + node.getName() + "@" + line(positions.getStartPosition(unit, node));
            long length = line(positions.getEndPosition(unit, node)) - line(positions.getStartPosition(unit, node)) + 1;
            METHODS.put(name, (int) length);
            if (node.getReturnType() == null) {
                CONSTRUCTORS.put(name, node.getParameters().size());
            }
            return super.visitMethod(node, null);
        }

        private long line(long position) {
            return lines.getLineNumber(position);
        }

        private static boolean isComponent(Tree member) {
            return member instanceof VariableTree field
                    && !field.getModifiers().getFlags().contains(Modifier.STATIC);
        }
    }
}
