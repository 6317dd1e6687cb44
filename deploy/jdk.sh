# Sourced by the scripts beside it: find_jdk prints the home of a JDK 25 or newer.

jdk_version() { # the feature version of the JDK at $1, or nothing
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  set -- "${JAVA_HOME:-}"
  path_java=$(command -v java 2>/dev/null) && path_java=$(readlink -f "$path_java" 2>/dev/null) &&
    set -- "$@" "${path_java%/bin/java}"
  set -- "$@" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    "${HOME:-/nonexistent}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home
  for home in "$@"; do
    version=$(jdk_version "$home")
    if [ "${version:-0}" -ge 25 ]; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

require_jdk() {
  jdk=$(find_jdk) || {
    echo "lifeline: no JDK 25 found: install one (https://adoptium.net, or your distribution's openjdk-25-jdk) or set JAVA_HOME to it" >&2
    exit 1
  }
}

require_build_tools() {
  command -v mvn >/dev/null 2>&1 || {
    echo "lifeline: no Maven found: install Maven 3.8.7 or newer (Debian: apt install maven)" >&2
    exit 1
  }
  node_version=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
  if [ "${node_version:-0}" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
    echo "lifeline: no Node.js 20 found, which builds the dashboard: install Node.js 20 or newer with npm (https://nodejs.org)" >&2
    exit 1
  fi
}

# Maven itself runs on the JDK 25: the formatter parses with the javac of the JVM that it is in.
run_maven() {
  JAVA_HOME=$jdk MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow" mvn "$@"
}
