/// LISTEN and NOTIFY: PostgreSQL's `async.c`.
///
/// What a transaction asks for waits in its [PendingNotifications] until it has committed. Then the
/// [NotificationQueue], which all sessions on the same shared memory have in common, hands each
/// notification to the sessions that listen; their [SessionNotifications] keep it until the client
/// can be told, which is when no transaction is open. Nothing of it outlives the server, nor a
/// crash.
@NullMarked
package dev.lifeline.executor.async;

import org.jspecify.annotations.NullMarked;
