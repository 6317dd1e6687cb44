package dev.lifeline.libpq;

import dev.lifeline.libpq.tls.TlsContext;
import org.jspecify.annotations.Nullable;

/// What the server's files say about whom it lets in and how: replaced as a whole by a reload.
///
/// @param hba who may connect
/// @param ident what they are called elsewhere
/// @param tls null where connections are not encrypted
public record ClientAccess(HbaFile hba, IdentFile ident, @Nullable TlsContext tls) {}
