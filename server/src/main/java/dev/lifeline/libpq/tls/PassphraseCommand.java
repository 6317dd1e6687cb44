package dev.lifeline.libpq.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// `ssl_passphrase_command`: prints the passphrase of the private key.
final class PassphraseCommand {
  private static final String PROMPT = "Enter PEM pass phrase:";

  private PassphraseCommand() {}

  static char[] ask(TlsSettings settings) {
    String command = settings.passphraseCommand();
    if (command.isEmpty()) {
      throw TlsContext.failure(
          "could not load private key file \"%s\": %s",
          settings.shown(settings.keyFile()), "problems getting password");
    }
    try {
      return run(withPrompt(command), settings);
    } catch (IOException e) {
      throw TlsContext.failure("could not execute command \"%s\": %s", command, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TlsContext.failure("command \"%s\" failed", command);
    }
  }

  private static char[] run(String command, TlsSettings settings)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(settings.directory().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getOutputStream().close();
    String printed;
    try (InputStream out = process.getInputStream()) {
      printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
    int code = process.waitFor();
    if (code != 0) {
      throw TlsContext.failure("command \"%s\" failed", command)
          .detail("child process exited with exit code %d", code);
    }
    return printed.lines().findFirst().orElse("").toCharArray();
  }

  /// `%p` is the prompt, `%%` a percent sign.
  private static String withPrompt(String command) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      char next = i + 1 < command.length() ? command.charAt(i + 1) : 0;
      if (c == '%' && next == 'p') {
        text.append(PROMPT);
        i++;
      } else if (c == '%' && next == '%') {
        text.append('%');
        i++;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
