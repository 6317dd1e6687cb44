/// The other side of the conversation: Lifeline as the client of a server, for subscriptions.
///
/// [dev.lifeline.libpq.client.ConnectionString] reads what libpq reads,
/// [dev.lifeline.libpq.client.PgConnection] connects, proves who it is and then sends simple
/// queries, reads COPY data and streams changes. The network comes by
/// [dev.lifeline.libpq.client.Dialer], so that nothing here knows a socket.
@NullMarked
package dev.lifeline.libpq.client;

import org.jspecify.annotations.NullMarked;
