package dev.lifeline.main;

/// The version of Lifeline.
final class Version {
  private Version() {}

  /// The version of the jar; `development` where there is none.
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
