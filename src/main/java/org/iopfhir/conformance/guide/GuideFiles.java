// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.iopfhir.conformance.IgPackage;

/** The guide as the build put it on the class path. Nothing is read before it is asked for, and nothing is kept. */
public final class GuideFiles {
    /** The page of whatever is not there. */
    public static final String NOT_FOUND = "404.html";

    /** The name by which the package is had without knowing its version. */
    public static final String PACKAGE = "package.tgz";

    static final String PACKED = ".gz";

    /** One name without a folder, so that no path leads out of the guide. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,150}");

    private final String versionedPackage;

    /** @param iop names the version of the package */
    public GuideFiles(IgPackage iop) {
        this.versionedPackage = iop.name() + "-" + iop.version() + ".tgz";
    }

    /**
     * A file of the guide.
     *
     * @param name     under which it is had
     * @param type     media type
     * @param content  the bytes, packed by gzip where {@code isPacked}
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once and never compared
    public record File(String name, String type, byte[] content, boolean isPacked) {}

    /** The name of the package with its version, as package registries have it. */
    public String versionedPackage() {
        return versionedPackage;
    }

    /**
     * Return a page, the style of the pages, or the package.
     *
     * @param name one name; the empty name is the first page
     */
    public Optional<File> find(String name) {
        if (name.isEmpty()) {
            return find(Page.INDEX);
        }
        if (name.equals(PACKAGE) || name.equals(versionedPackage)) {
            return read("/" + IgPackage.FILE)
                    .map(content -> new File(versionedPackage, "application/gzip", content, false));
        }
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        String type = name.endsWith(".css") ? "text/css;charset=utf-8" : "text/html;charset=utf-8";
        return read("/guide/" + name + PACKED).map(content -> new File(name, type, content, true));
    }

    private static Optional<byte[]> read(String resource) {
        try (InputStream in = GuideFiles.class.getResourceAsStream(resource)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
