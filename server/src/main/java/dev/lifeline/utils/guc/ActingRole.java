package dev.lifeline.utils.guc;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A role that a session acts as, or may go back to. The parameters `session_authorization` and
/// `role` carry the roles that they name: so whatever undoes the parameter undoes the change of
/// role, and a role that is renamed meanwhile stays what it was.
public record ActingRole(int oid, String name, boolean superuser) {
  /// The value of `role` with which a session acts as the role that it belongs to.
  private static final String NONE = "none";

  private static final Set<Guc<?>> PARAMETERS = Set.of(Gucs.ROLE, Gucs.SESSION_AUTHORIZATION);

  /// What is known of the roles there are. Both may throw NotYet.
  public interface Lookup {
    @Nullable ActingRole find(String name);

    /// Whether the session's role is a superuser, that role, or directly or not a member of it.
    boolean mayBecome(ActingRole session, ActingRole role);
  }

  /// Whether a parameter's value is a role.
  static boolean isValueOf(Guc<?> guc) {
    return PARAMETERS.contains(guc);
  }

  /// The role that a value of one of the two parameters means; null for `none`.
  ///
  /// @param authenticated who has logged in
  /// @param session whom `session_authorization` names
  static @Nullable ActingRole check(
      Guc<?> guc, String name, ActingRole authenticated, ActingRole session, Lookup lookup) {
    boolean changesSession = guc.equals(Gucs.SESSION_AUTHORIZATION);
    if (!changesSession && name.equals(NONE)) {
      return null;
    }
    ActingRole role = lookup.find(name);
    if (role == null) {
      throw PgException.error(SqlState.INVALID_PARAMETER_VALUE, "role \"%s\" does not exist", name);
    }
    if (changesSession) {
      if (role.oid != authenticated.oid && !authenticated.superuser) {
        throw PgException.error(
            SqlState.INSUFFICIENT_PRIVILEGE,
            "permission denied to set session authorization \"%s\"",
            name);
      }
    } else if (!lookup.mayBecome(session, role)) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to set role \"%s\"", name);
    }
    return role;
  }
}
