/// The command line, and the only place that wires things together: the server, its event log with
/// its projections, and the dashboard.
@NullMarked
package dev.lifeline.main;

import org.jspecify.annotations.NullMarked;
