package dev.lifeline.tcop;

import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.ClientAddress;

/// Who a session belongs to: what authentication has found out.
///
/// @param role the role that logged in
/// @param database the database that it works in
record SessionIdentity(
    int pid, ClientAddress address, AuthCatalog.Role role, AuthCatalog.Database database) {}
