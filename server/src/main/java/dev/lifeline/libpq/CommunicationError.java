package dev.lifeline.libpq;

/// The client does not keep to the protocol's framing, so nothing that it would be sent can be
/// trusted to be understood: the connection is closed, and only the server's log says why
/// (PostgreSQL's COMMERROR, 08P01).
public final class CommunicationError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommunicationError(String message) {
    super(message, null, false, false);
  }

  public String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
