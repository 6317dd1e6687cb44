package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Functions that make another `jsonb` of one: concatenation, deletion, `jsonb_set`,
/// `jsonb_insert`.
final class JsonbChanges {
  private enum How {
    REPLACE,
    CREATE,
    INSERT_BEFORE,
    INSERT_AFTER,
    DELETE
  }

  private final PgArray path;
  private final Jsonb replacement;
  private final How how;

  private JsonbChanges(PgArray path, Jsonb replacement, How how) {
    this.path = path;
    this.replacement = replacement;
    this.how = how;
  }

  static void register(FnTable t) {
    t.callObject(
        "jsonb_concat",
        c -> JsonbFunctions.concat(JsonbFunctions.jsonb(c, 0), JsonbFunctions.jsonb(c, 1)));
    t.callObject(
        "jsonb_delete", c -> withoutKeys(JsonbFunctions.jsonb(c, 0), List.of(c.string(1))));
    t.callObject("jsonb_delete_array", c -> withoutKeys(JsonbFunctions.jsonb(c, 0), keys(c)));
    t.callObject("jsonb_delete_idx", c -> withoutIndex(JsonbFunctions.jsonb(c, 0), c.getLong(1)));
    t.callObject("jsonb_delete_path", c -> change(c, Jsonb.Null.NULL, How.DELETE));
    t.callObject(
        "jsonb_set",
        c -> change(c, JsonbFunctions.jsonb(c, 2), c.getBool(3) ? How.CREATE : How.REPLACE));
    t.callObject(
        "jsonb_insert",
        c ->
            change(
                c,
                JsonbFunctions.jsonb(c, 2),
                c.getBool(3) ? How.INSERT_AFTER : How.INSERT_BEFORE));
  }

  private static List<String> keys(Call c) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < c.array(1).size(); i++) {
      String key = JsonPaths.element(c.array(1), i);
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }

  private static Jsonb withoutKeys(Jsonb value, List<String> keys) {
    return switch (value) {
      case Jsonb.Obj object -> {
        TreeMap<String, Jsonb> fields = object.fields();
        keys.forEach(fields::remove);
        yield Jsonb.Obj.of(fields);
      }
      case Jsonb.Arr array ->
          new Jsonb.Arr(
              array.items().stream()
                  .filter(item -> !(item instanceof Jsonb.Str s && keys.contains(s.value())))
                  .toList());
      default -> throw JsonFunctions.refused("cannot delete from scalar");
    };
  }

  private static Jsonb withoutIndex(Jsonb value, long index) {
    return switch (value) {
      case Jsonb.Arr array -> {
        int place = JsonPaths.index(index, array.items().size());
        if (place < 0) {
          yield value;
        }
        List<Jsonb> items = new ArrayList<>(array.items());
        items.remove(place);
        yield new Jsonb.Arr(items);
      }
      case Jsonb.Obj object ->
          throw JsonFunctions.refused("cannot delete from object using integer index");
      default -> throw JsonFunctions.refused("cannot delete from scalar");
    };
  }

  private static Jsonb change(Call c, Jsonb replacement, How how) {
    Jsonb value = JsonbFunctions.jsonb(c, 0);
    PgArray path = c.array(1);
    if (path.dimensions() > 1) {
      throw PgException.error(SqlState.ARRAY_ELEMENT_ERROR, "wrong number of array subscripts");
    }
    if (value.isScalar()) {
      throw JsonFunctions.refused(
          how == How.DELETE ? "cannot delete path in scalar" : "cannot set path in scalar");
    }
    return path.size() == 0 ? value : new JsonbChanges(path, replacement, how).at(value, 0);
  }

  private boolean creates() {
    return how != How.REPLACE && how != How.DELETE;
  }

  private Jsonb at(Jsonb value, int level) {
    String step = JsonPaths.element(path, level);
    if (step == null && !value.isScalar()) {
      throw PgException.error(
          SqlState.NULL_VALUE_NOT_ALLOWED, "path element at position %d is null", level + 1);
    }
    return switch (value) {
      case Jsonb.Obj object -> inObject(object, String.valueOf(step), level);
      case Jsonb.Arr array -> inArray(array, String.valueOf(step), level);
      default -> value;
    };
  }

  private boolean isLast(int level) {
    return level == path.size() - 1;
  }

  private Jsonb inObject(Jsonb.Obj object, String key, int level) {
    TreeMap<String, Jsonb> fields = object.fields();
    Jsonb old = fields.get(key);
    if (!isLast(level)) {
      if (old != null) {
        fields.put(key, at(old, level + 1));
      }
    } else if (how == How.DELETE) {
      fields.remove(key);
    } else if (old == null ? creates() : how == How.REPLACE || how == How.CREATE) {
      fields.put(key, replacement);
    } else if (old != null) {
      throw JsonFunctions.refused("cannot replace existing key")
          .hint("Try using the function jsonb_set to replace key value.");
    }
    return Jsonb.Obj.of(fields);
  }

  private Jsonb inArray(Jsonb.Arr array, String step, int level) {
    int size = array.items().size();
    if (size == 0 && level == 0 && how == How.DELETE) {
      return array;
    }
    Integer given = parse(step);
    if (given == null) {
      throw PgException.error(
          SqlState.INVALID_TEXT_REPRESENTATION,
          "path element at position %d is not an integer: \"%s\"",
          level + 1,
          step);
    }
    List<Jsonb> items = new ArrayList<>(array.items());
    int index = given < 0 ? size + given : given;
    if (!isLast(level)) {
      if (index >= 0 && index < size) {
        items.set(index, at(items.get(index), level + 1));
      }
    } else if (index < 0 || index >= size) {
      if (creates()) {
        items.add(index < 0 ? 0 : size, replacement);
      }
    } else {
      switch (how) {
        case REPLACE, CREATE -> items.set(index, replacement);
        case INSERT_BEFORE -> items.add(index, replacement);
        case INSERT_AFTER -> items.add(index + 1, replacement);
        case DELETE -> items.remove(index);
      }
    }
    return new Jsonb.Arr(items);
  }

  private static @Nullable Integer parse(String step) {
    try {
      return Integer.valueOf(step.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
