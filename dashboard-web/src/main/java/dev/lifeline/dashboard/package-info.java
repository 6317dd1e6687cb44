/// The web dashboard: a vertx-web API over an event log, and the page that reads it. Knows the
/// event log only, never the server: what may be done to one comes as
/// [dev.lifeline.dashboard.Actions].
///
/// [dev.lifeline.dashboard.Routes] lists the API, [dev.lifeline.dashboard.TimelineRoutes] the part
/// that the timeline is drawn from.
@NullMarked
package dev.lifeline.dashboard;

import org.jspecify.annotations.NullMarked;
