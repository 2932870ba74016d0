package io.fineprune.agent.fleet;

import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/** A broker that takes TLS with SASL only, and lets each user do what its ACLs say. */
final class SecuredCluster implements AutoCloseable {
    private static final String ADMIN_PASSWORD = "admin-Pa55word-0";

    private final Path folder;
    private final EmbeddedBroker broker;

    SecuredCluster(Path folder) throws Exception {
        this.folder = folder;
        certificate("broker");
        certificate("stranger");
        broker = EmbeddedBroker.start(
                new BrokerSettings(Optional.of(folder.resolve("broker")), true, 0, brokerProperties()));
    }

    private Map<String, String> brokerProperties() {
        String login =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\"%s\"";
        Map<String, String> properties = new HashMap<>();
        properties.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
        properties.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN");
        properties.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        properties.put(
                "listener.name.plaintext.plain.sasl.jaas.config",
                (login + " user_admin=\"%s\";").formatted(ADMIN_PASSWORD, ADMIN_PASSWORD));
        properties.put(
                "listener.name.plaintext.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        properties.put("ssl.keystore.location", folder.resolve("broker.p12").toString());
        properties.put("ssl.keystore.password", ADMIN_PASSWORD);
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.location", folder.resolve("broker.pem").toString());
        properties.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // The controller's listener on this machine knows nobody by name.
        properties.put("super.users", "User:admin;User:ANONYMOUS");
        return properties;
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** The administrator's properties. */
    Map<String, String> admin() {
        Map<String, String> properties = new HashMap<>(tls("broker"));
        properties.put("sasl.mechanism", "PLAIN");
        properties.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\""
                        + ADMIN_PASSWORD + "\";");
        return properties;
    }

    /** A user's properties, with the password in plain sight. */
    Map<String, String> user(String name, String password) {
        Map<String, String> properties = new HashMap<>(tls("broker"));
        properties.put("sasl.mechanism", "SCRAM-SHA-512");
        properties.put("sasl.jaas.config", scram(name, password));
        return properties;
    }

    /** Makes users who log in with SCRAM. */
    void addUsers(Map<String, String> passwords) throws Exception {
        List<UserScramCredentialAlteration> users = new ArrayList<>();
        passwords.forEach((name, password) -> users.add(new UserScramCredentialUpsertion(
                name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)));
        try (Admin admin = Admin.create(new HashMap<String, Object>(admin()))) {
            admin.alterUserScramCredentials(users).all().get();
        }
    }

    /**
     * Writes a configuration whose password lies in another file.
     *
     * @param authority whose certificate it trusts: broker or stranger
     */
    Path configuration(String user, String password, String authority) throws IOException {
        Path secrets = folder.resolve(user + "-" + password + ".secret");
        Files.writeString(secrets, "password=" + password + "\n");
        Map<String, String> properties = new HashMap<>(tls(authority));
        properties.put("sasl.mechanism", "SCRAM-SHA-512");
        properties.put("config.providers", "file");
        properties.put("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
        properties.put("sasl.jaas.config", scram(user, "${file:" + secrets + ":password}"));
        Path file = Files.createTempFile(folder, user, ".properties");
        StringBuilder text = new StringBuilder();
        properties.forEach((name, value) ->
                text.append("kafka.").append(name).append('=').append(value).append('\n'));
        return Files.writeString(file, text);
    }

    @Override
    public void close() {
        broker.close();
    }

    private static String scram(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password);
    }

    private Map<String, String> tls(String authority) {
        return Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "security.protocol",
                "SASL_SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                folder.resolve(authority + ".pem").toString());
    }

    /** A key and its certificate, which it has signed itself. */
    private void certificate(String name) throws Exception {
        String store = folder.resolve(name + ".p12").toString();
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "bc:c",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "3650",
                "-keystore",
                store,
                "-storetype",
                "PKCS12");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                name,
                "-keystore",
                store,
                "-file",
                folder.resolve(name + ".pem").toString());
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", ADMIN_PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }
}
