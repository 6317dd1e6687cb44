/// The conversation with a client: the messages of the frontend/backend protocol 3.0, who may
/// connect (`pg_hba.conf`), and how a client proves who it is.
///
/// A client itself is a [ClientChannel], so that a socket and a simulated client look the same.
/// Nothing here knows SQL.
@NullMarked
package dev.lifeline.libpq;

import org.jspecify.annotations.NullMarked;
