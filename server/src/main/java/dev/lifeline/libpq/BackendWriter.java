package dev.lifeline.libpq;

import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds the server's messages and sends them in big pieces. Messages are gathered in one buffer
/// that is used again and again; an idle session keeps none.
///
/// A message of variable content is written between [#begin] and [#end] into [#body].
public final class BackendWriter {
  /// Send when this much is gathered, as PostgreSQL does; a single bigger message goes at once.
  private static final int SEND_BYTES = 8192;

  private static final int INITIAL_BYTES = 512;

  private final ClientChannel channel;
  private @Nullable ByteWriter out;
  private int messageStart = -1;
  private boolean disconnected;

  public BackendWriter(ClientChannel channel) {
    this.channel = channel;
  }

  public void begin(char type) {
    assert messageStart < 0 : "a message is open";
    ByteWriter body = body();
    body.int8(type);
    messageStart = body.reserve(4);
  }

  public ByteWriter body() {
    ByteWriter writer = out;
    if (writer == null) {
      writer = new ByteWriter(INITIAL_BYTES);
      out = writer;
    }
    return writer;
  }

  public void end() {
    assert messageStart >= 0 : "no message is open";
    ByteWriter body = body();
    body.setInt32(messageStart, body.size() - messageStart);
    messageStart = -1;
    if (body.size() >= SEND_BYTES) {
      send(body);
    }
  }

  /// Forgets the message that was begun, if there is one: it could not be finished.
  public void abandonMessage() {
    if (messageStart >= 0) {
      body().truncate(messageStart - 1);
      messageStart = -1;
    }
  }

  /// Sends what is gathered.
  public void flush() {
    assert messageStart < 0 : "a message is open";
    ByteWriter writer = out;
    if (writer != null) {
      if (writer.size() > 0) {
        send(writer);
      }
      out = null;
    }
  }

  private void send(ByteWriter writer) {
    if (!disconnected) {
      channel.write(Buffer.buffer(writer.size()).appendBytes(writer.array(), 0, writer.size()));
    }
    writer.clear();
  }

  /// The client is gone: what is written from now on is dropped.
  public void disconnect() {
    disconnected = true;
  }

  public boolean disconnected() {
    return disconnected;
  }

  /// A message without content.
  private void empty(char type) {
    begin(type);
    end();
  }

  public void authenticationOk() {
    begin('R');
    body().int32(0);
    end();
  }

  public void authenticationCleartextPassword() {
    begin('R');
    body().int32(3);
    end();
  }

  public void authenticationMd5Password(byte[] salt) {
    begin('R');
    body().int32(5);
    body().bytes(salt);
    end();
  }

  public void authenticationSasl(List<String> mechanisms) {
    begin('R');
    body().int32(10);
    mechanisms.forEach(body()::cstring);
    body().int8(0);
    end();
  }

  public void authenticationSaslContinue(String data) {
    begin('R');
    body().int32(11);
    body().utf8(data);
    end();
  }

  public void authenticationSaslFinal(String data) {
    begin('R');
    body().int32(12);
    body().utf8(data);
    end();
  }

  /// Tells what is spoken here.
  ///
  /// @param version the newest one, with its major part as PostgreSQL sends it
  public void negotiateProtocolVersion(int version, List<String> unknownOptions) {
    begin('v');
    body().int32(version);
    body().int32(unknownOptions.size());
    unknownOptions.forEach(body()::cstring);
    end();
  }

  public void parameterStatus(String name, String value) {
    begin('S');
    body().cstring(name);
    body().cstring(value);
    end();
  }

  public void backendKeyData(int pid, int cancelKey) {
    begin('K');
    body().int32(pid);
    body().int32(cancelKey);
    end();
  }

  /// Says that the next query may come.
  ///
  /// @param status `I` idle, `T` in a transaction block, `E` in a failed one
  public void readyForQuery(char status) {
    begin('Z');
    body().int8(status);
    end();
  }

  /// Says what a backend has notified of.
  public void notification(int pid, String channel, String payload) {
    begin('A');
    body().int32(pid);
    body().cstring(channel);
    body().cstring(payload);
    end();
  }

  public void commandComplete(String tag) {
    begin('C');
    body().cstring(tag);
    end();
  }

  public void emptyQueryResponse() {
    empty('I');
  }

  public void parseComplete() {
    empty('1');
  }

  public void bindComplete() {
    empty('2');
  }

  public void closeComplete() {
    empty('3');
  }

  public void noData() {
    empty('n');
  }

  public void portalSuspended() {
    empty('s');
  }

  public void parameterDescription(List<Integer> typeOids) {
    begin('t');
    body().int16(typeOids.size());
    typeOids.forEach(body()::int32);
    end();
  }

  public void copyInResponse(int columns, boolean binary) {
    copyResponse('G', columns, binary);
  }

  public void copyOutResponse(int columns, boolean binary) {
    copyResponse('H', columns, binary);
  }

  private void copyResponse(char type, int columns, boolean binary) {
    begin(type);
    int format = binary ? 1 : 0;
    body().int8(format);
    body().int16(columns);
    for (int i = 0; i < columns; i++) {
      body().int16(format);
    }
    end();
  }

  public void copyBothResponse() {
    copyResponse('W', 0, false);
  }

  /// A piece of a COPY or of a replication stream.
  ///
  /// @param length how many of the bytes are meant
  public void copyData(byte[] data, int length) {
    begin('d');
    body().bytes(data, 0, length);
    end();
  }

  public void copyDone() {
    empty('c');
  }

  /// An ErrorResponse, or a NoticeResponse for what is less than an error.
  ///
  /// @param queryText what the position counts in, or null
  public void report(PgException report, @Nullable String queryText) {
    begin(report.severity().compareTo(Severity.ERROR) >= 0 ? 'E' : 'N');
    ByteWriter body = body();
    String severity = report.severity().name();
    field(body, 'S', severity);
    field(body, 'V', severity);
    field(body, 'C', report.sqlState().code());
    field(body, 'M', report.message());
    field(body, 'D', report.detail());
    field(body, 'H', report.hint());
    if (report.location() >= 0 && queryText != null) {
      field(body, 'P', Integer.toString(characterPosition(queryText, report.location())));
    }
    field(body, 'W', report.context());
    field(body, 's', report.schema());
    field(body, 't', report.table());
    field(body, 'c', report.column());
    field(body, 'd', report.dataType());
    field(body, 'n', report.constraint());
    body.int8(0);
    end();
  }

  private static void field(ByteWriter body, char code, @Nullable String value) {
    if (value != null) {
      body.int8(code);
      body.cstring(value);
    }
  }

  /// Errors carry byte offsets from 0, the protocol wants characters from 1.
  public static int characterPosition(String text, int byteOffset) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int characters = 0;
    for (int i = 0; i < Math.min(byteOffset, utf8.length); i++) {
      if ((utf8[i] & 0xc0) != 0x80) {
        characters++;
      }
    }
    return characters + 1;
  }
}
