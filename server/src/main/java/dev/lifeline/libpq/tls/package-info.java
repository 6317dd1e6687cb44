/// TLS: what `ssl_*` parameters say, made into engines for connections ([TlsContext]), and what a
/// connection that has one is known to be ([TlsSession]).
///
/// The parameters speak OpenSSL's language (PEM files, cipher lists, curve names), the engines are
/// the JDK's; the translation is here. How bytes get through an engine is the socket's business.
@NullMarked
package dev.lifeline.libpq.tls;

import org.jspecify.annotations.NullMarked;
