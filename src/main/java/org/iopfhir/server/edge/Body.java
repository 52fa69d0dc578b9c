// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** A body in memory: a part of {@code bytes}. The array is shared, so nobody writes to it. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy would double the largest thing of a request
record Body(byte[] bytes, int offset, int length) {

    static final Body NONE = new Body(new byte[0], 0, 0);

    InputStream stream() {
        return new ByteArrayInputStream(bytes, offset, length);
    }

    /** Without the byte order mark, which HAPI would take for content. */
    Body withoutByteOrderMark() {
        boolean marked = length >= 3
                && bytes[offset] == (byte) 0xEF
                && bytes[offset + 1] == (byte) 0xBB
                && bytes[offset + 2] == (byte) 0xBF;
        return marked ? new Body(bytes, offset + 3, length - 3) : this;
    }
}
