/// The web dashboard: a vertx-web API over an event log, and the page that reads it. Knows the
/// event log only, never the server.
@NullMarked
package dev.lifeline.dashboard;

import org.jspecify.annotations.NullMarked;
