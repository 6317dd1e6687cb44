package dev.lifeline.libpq;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The first packet of a connection: what the client is here for.
public sealed interface StartupPacket {
  int PROTOCOL_MAJOR = 3;
  int PROTOCOL_MINOR_LATEST = 0;

  /// Both in one number, as the protocol tells a version.
  int PROTOCOL_LATEST = PROTOCOL_MAJOR << 16 | PROTOCOL_MINOR_LATEST;

  /// `1234.5679`, asks for TLS.
  int SSL_REQUEST_CODE = 1234 << 16 | 5679;

  /// `1234.5680`, asks for GSSAPI encryption.
  int GSSENC_REQUEST_CODE = 1234 << 16 | 5680;

  /// `1234.5678`, cancels another session's statement.
  int CANCEL_REQUEST_CODE = 1234 << 16 | 5678;

  /// Names at most this long; PostgreSQL's NAMEDATALEN without the zero.
  int NAME_BYTES_MAX = 63;

  record SslRequest() implements StartupPacket {}

  record GssEncRequest() implements StartupPacket {}

  record CancelRequest(int pid, int cancelKey) implements StartupPacket {}

  /// A session is wanted.
  ///
  /// @param parameters all that the client sent, by name, in its order, without `_pq_.*`
  /// @param unknownOptions the `_pq_.*` names: we know none
  record Startup(int minorVersion, Map<String, String> parameters, List<String> unknownOptions)
      implements StartupPacket {
    public Startup {
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
      unknownOptions = List.copyOf(unknownOptions);
    }

    /// Whether the client must be told that we speak less than it asks for.
    public boolean needsNegotiation() {
      return minorVersion > PROTOCOL_MINOR_LATEST || !unknownOptions.isEmpty();
    }

    public String user() {
      return truncate(parameters.getOrDefault("user", ""));
    }

    public String database() {
      String database = parameters.getOrDefault("database", "");
      return database.isEmpty() ? user() : truncate(database);
    }

    private static String truncate(String name) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      if (bytes.length <= NAME_BYTES_MAX) {
        return name;
      }
      int length = NAME_BYTES_MAX;
      while (length > 0 && (bytes[length] & 0xc0) == 0x80) {
        length--;
      }
      return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
  }

  /// Reads a packet that [FrontendDecoder#nextStartupPacket] cut out.
  ///
  /// @param tlsDecided whether it is decided if the connection is encrypted by TLS: it is no
  ///   question any more, and who asks again is not understood
  /// @param gssDecided the same of GSSAPI
  static StartupPacket read(MessageReader packet, boolean tlsDecided, boolean gssDecided) {
    int code = packet.readInt32();
    if (code == SSL_REQUEST_CODE && !tlsDecided) {
      return new SslRequest();
    }
    if (code == GSSENC_REQUEST_CODE && !gssDecided) {
      return new GssEncRequest();
    }
    return code == CANCEL_REQUEST_CODE ? cancelRequest(packet) : startup(code, packet);
  }

  private static StartupPacket cancelRequest(MessageReader packet) {
    if (packet.remaining() != 8) {
      throw new CommunicationError("invalid length of startup packet");
    }
    return new CancelRequest(packet.readInt32(), packet.readInt32());
  }

  private static StartupPacket startup(int version, MessageReader packet) {
    int major = version >>> 16;
    int minor = version & 0xffff;
    if (major != PROTOCOL_MAJOR) {
      throw PgException.fatal(
          SqlState.FEATURE_NOT_SUPPORTED,
          "unsupported frontend protocol %d.%d: server supports %d.0 to %d.%d",
          major,
          minor,
          PROTOCOL_MAJOR,
          PROTOCOL_MAJOR,
          PROTOCOL_MINOR_LATEST);
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    List<String> unknownOptions = new ArrayList<>();
    readParameters(packet, parameters, unknownOptions);
    Startup startup = new Startup(minor, parameters, unknownOptions);
    if (startup.user().isEmpty()) {
      throw PgException.fatal(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "no PostgreSQL user name specified in startup packet");
    }
    return startup;
  }

  private static void readParameters(
      MessageReader packet, Map<String, String> parameters, List<String> unknownOptions) {
    try {
      while (true) {
        String name = packet.readString();
        if (name.isEmpty()) {
          break;
        }
        String value = packet.readString();
        if (name.startsWith("_pq_.")) {
          unknownOptions.add(name);
        } else {
          parameters.put(name, value);
        }
      }
      packet.end();
    } catch (PgException e) {
      throw PgException.fatal(
          SqlState.PROTOCOL_VIOLATION,
          "invalid startup packet layout: expected terminator as last byte");
    }
  }
}
