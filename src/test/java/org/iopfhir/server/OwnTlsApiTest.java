// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS that ends in the server itself, with a key that is made here. */
class OwnTlsApiTest {

    private static final String PASSWORD = "invented-for-this-test";
    private static final Path STORE = makeKey();
    private static final RunningServer SERVER = RunningServer.start(
            "--server.ssl.key-store=file:" + STORE.toAbsolutePath(),
            "--server.ssl.key-store-password=" + PASSWORD,
            "--server.ssl.key-store-type=PKCS12");
    private static final int ALERT = 0x15;
    private static final int PORT = URI.create(SERVER.fhir().base()).getPort();

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static Path makeKey() {
        try {
            Path store = Files.createTempDirectory(Sandbox.folder(), "tls").resolve("tls.p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "tls",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "SAN=dns:localhost",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            PASSWORD)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(keytool.waitFor()).isZero();
            return store;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpClient client(String... protocols) throws Exception {
        KeyStore store = KeyStore.getInstance(STORE.toFile(), PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("tls", store.getCertificate("tls"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(protocols);
        return HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .build();
    }

    private static HttpResponse<String> ask(HttpClient client, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + PORT + path))
                .header("Authorization", "Bearer " + Callers.programSystem().token())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void answersInBothVersionsOfToday(String protocol) throws Exception {
        HttpResponse<String> answer = ask(client(protocol), "/fhir/Patient");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo(protocol);
        assertThat(answer.body()).contains("https://localhost:" + PORT + "/fhir/Patient");
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).contains("max-age=31536000");
    }

    @Test
    void namesItselfByHttps() throws Exception {
        assertThat(ask(client("TLSv1.3"), "/.well-known/smart-configuration").body())
                .contains("\"https://localhost:" + PORT + "/auth/token\"");
    }

    @Test
    void showsTheKeyThatItWasGiven() {
        assertThatThrownBy(() -> ask(HttpClient.newHttpClient(), "/fhir/metadata"))
                .isInstanceOf(SSLHandshakeException.class);
    }

    /** As bytes, since Java itself no longer speaks the old versions; the same bytes with the version of today go on. */
    @ParameterizedTest
    @ValueSource(ints = {0x0301, 0x0302})
    void refusesTheVersionsOfYesterday(int version) throws IOException {
        assertThat(answerToHello(version)).isEqualTo("alert 2 70");
        assertThat(answerToHello(0x0303)).isEqualTo("hello 3.3");
    }

    /** {@code alert level description}, of which 2 70 is a fatal protocol_version, or {@code hello version}. */
    private static String answerToHello(int version) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), PORT)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(hello(version));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type = in.readUnsignedByte();
            in.readUnsignedShort();
            byte[] record = new byte[in.readUnsignedShort()];
            in.readFully(record);
            // An alert is not encrypted yet; the version of a ServerHello stands behind its type and length.
            return type == ALERT ? "alert " + record[0] + " " + record[1] : "hello " + record[4] + "." + record[5];
        }
    }

    private static byte[] hello(int version) {
        byte[] suites = {(byte) 0xc0, 0x2b, (byte) 0xc0, 0x2c, (byte) 0xc0, 0x23, (byte) 0xc0, 0x09, (byte) 0xc0, 0x0a};
        byte[] extensions = {0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 5, 3};
        int length = 2 + 32 + 1 + 2 + suites.length + 2 + 2 + extensions.length;
        return ByteBuffer.allocate(9 + length)
                .put((byte) 0x16)
                .putShort((short) 0x0301)
                .putShort((short) (length + 4))
                .putInt(0x01000000 | length)
                .putShort((short) version)
                .put(new byte[32])
                .put((byte) 0)
                .putShort((short) suites.length)
                .put(suites)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) extensions.length)
                .put(extensions)
                .array();
    }
}
