// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnhurriedAnswerTest {

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final UnhurriedAnswer answer = new UnhurriedAnswer(response());
    private int flushes;

    @Test
    void aFlushSendsNothing() throws IOException {
        PrintWriter writer = answer.getWriter();
        writer.print("a value");
        writer.flush();
        answer.getOutputStream().flush();

        assertThat(flushes).isZero();
        assertThat(sent.size()).isZero();
    }

    @Test
    void whatIsHeldBackIsHandedOnAtTheEnd() throws IOException {
        answer.getWriter().print("a value");
        answer.complete();

        assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("a value");
    }

    @Test
    void whoeverClosesTheWriterIsDone() throws IOException {
        try (PrintWriter writer = answer.getWriter()) {
            writer.print("a value");
        }
        answer.complete();

        assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("a value");
    }

    @Test
    void whatIsTakenBackIsNotSent() throws IOException {
        answer.getWriter().print("half of an answer");
        answer.resetBuffer();
        answer.getWriter().print("a refusal");
        answer.complete();

        assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("a refusal");
    }

    @Test
    void bytesPassAsTheyAre() throws IOException {
        answer.getOutputStream().write("bytes".getBytes(StandardCharsets.UTF_8));
        answer.getOutputStream().close();

        assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("bytes");
    }

    /** What a container gives, as far as it is asked for here. */
    private HttpServletResponse response() {
        return (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, values) -> switch (method.getName()) {
                    case "getCharacterEncoding" -> "UTF-8";
                    case "getOutputStream" -> new Counted();
                    default -> null;
                });
    }

    private final class Counted extends ServletOutputStream {

        @Override
        public void write(int octet) {
            sent.write(octet);
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }
}
