package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.FnTable;

/// The code of all built-in functions.
public final class BuiltinFunctions {
  private static final FnTable TABLE = new FnTable(HookFunctions::find);

  static {
    IntFunctions.register(TABLE);
    FloatFunctions.register(TABLE);
    NumericFunctions.register(TABLE);
    ComparisonFunctions.register(TABLE);
    TextFunctions.register(TABLE);
    ArrayFunctions.register(TABLE);
    EnumFunctions.register(TABLE);
    DateTimeFunctions.register(TABLE);
    FormattingFunctions.register(TABLE);
    SessionFunctions.register(TABLE);
    SystemFunctions.register(TABLE);
    JsonFunctions.register(TABLE);
    JsonbFunctions.register(TABLE);
    JsonBuilders.register(TABLE);
  }

  private BuiltinFunctions() {}

  public static FnTable table() {
    return TABLE;
  }
}
