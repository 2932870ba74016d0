package io.fineprune.agent.cli;

import io.fineprune.agent.keys.KeyFiles;
import io.fineprune.schemas.signature.Ed25519Signer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Makes and shows the keys that sign masks and commands.")
final class KeysCommand {
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = {
                "Makes an Ed25519 key: " + KeyFiles.PRIVATE
                        + " signs and stays where it is, readable for its owner only; " + KeyFiles.PUBLIC
                        + " goes to whoever has to verify.",
                "Files that are there are left alone."
            })
    int create(
            @Option(names = "--to", required = true, paramLabel = "DIR", description = "Folder for the two files.")
                    Path folder)
            throws Exception {
        try {
            Ed25519Signer signer = KeyFiles.create(folder);
            System.out.println(signer);
            System.out.printf(
                    "signs: %s%nverifies: %s%n", folder.resolve(KeyFiles.PRIVATE), folder.resolve(KeyFiles.PUBLIC));
            return ExitCode.OK;
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailedException(
                    ExitCode.FAILURE,
                    "Expected no key in %s, but %s is there; it is left as it is".formatted(folder, e.getFile()));
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Lists the ids of the public keys in files.")
    int show(
            @Parameters(arity = "1..*", paramLabel = "FILE", description = "PEM files with public keys.")
                    List<Path> files)
            throws Exception {
        for (Path file : files) {
            for (String id : KeyFiles.trusted("keys show", file.toString()).ids()) {
                System.out.printf("Ed25519 key %s in %s%n", id, file);
            }
        }
        return ExitCode.OK;
    }
}
