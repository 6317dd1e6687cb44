package dev.lifeline.main;

import dev.lifeline.utils.guc.Gucs;
import picocli.CommandLine;

/// The version of Lifeline.
final class Version implements CommandLine.IVersionProvider {
  /// The version of the jar; `development` where there is none.
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "lifeline " + number() + " (PostgreSQL " + Gucs.SERVER_VERSION.bootValue() + ")"
    };
  }
}
