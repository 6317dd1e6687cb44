/// The traffic cop: what stands between a client's messages and the rooms that carry its statements
/// out. [SqlEngine] is the way to those rooms: parsing, analysis, the plan cache, execution.
///
/// A session calls it on its own event loop; nothing here knows the wire protocol.
@NullMarked
package dev.lifeline.tcop;

import org.jspecify.annotations.NullMarked;
