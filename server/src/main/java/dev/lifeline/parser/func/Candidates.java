package dev.lifeline.parser.func;

import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The choice among functions or operators of one name by the types of the arguments: the rules of
/// the chapter "Type Conversion" of PostgreSQL's manual, in the order of `func_select_candidate`.
final class Candidates {
  private Candidates() {}

  /// Something that can be called with arguments of these types.
  interface Candidate {
    /// One for each argument of the call.
    List<Integer> types();
  }

  /// Those that take the arguments by implicit coercions.
  static <C extends Candidate> List<C> matching(List<C> candidates, List<Integer> inputs) {
    List<C> result = new ArrayList<>();
    for (C candidate : candidates) {
      if (ParseCoerce.canCoerce(inputs, candidate.types(), CoercionContext.IMPLICIT)) {
        result.add(candidate);
      }
    }
    return result;
  }

  /// The best of several that match, or null where none is better than all others.
  static <C extends Candidate> @Nullable C select(List<C> matching, List<Integer> inputs) {
    List<C> best = mostExact(matching, inputs);
    if (best.size() == 1) {
      return best.getFirst();
    }
    best = mostPreferred(best, inputs);
    if (best.size() == 1) {
      return best.getFirst();
    }
    if (!inputs.contains(Types.UNKNOWN)) {
      return null;
    }
    best = byCategoryOfUnknowns(best, inputs);
    if (best.size() == 1) {
      return best.getFirst();
    }
    return asIfUnknownsWereLikeTheOthers(best, inputs);
  }

  private interface Score<C> {
    int of(C candidate);
  }

  private static <C> List<C> highest(List<C> candidates, Score<C> score) {
    List<C> best = new ArrayList<>();
    int bestScore = 0;
    for (C candidate : candidates) {
      int s = score.of(candidate);
      if (s > bestScore || best.isEmpty()) {
        bestScore = s;
        best.clear();
        best.add(candidate);
      } else if (s == bestScore) {
        best.add(candidate);
      }
    }
    return best;
  }

  /// Those with the most arguments of exactly the right type.
  private static <C extends Candidate> List<C> mostExact(List<C> candidates, List<Integer> inputs) {
    return highest(
        candidates,
        candidate -> {
          int exact = 0;
          for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i) != Types.UNKNOWN && inputs.get(i).equals(candidate.types().get(i))) {
              exact++;
            }
          }
          return exact;
        });
  }

  /// Those with the most arguments of the right type, or of the preferred type of its category.
  private static <C extends Candidate> List<C> mostPreferred(
      List<C> candidates, List<Integer> inputs) {
    return highest(
        candidates,
        candidate -> {
          int good = 0;
          for (int i = 0; i < inputs.size(); i++) {
            int input = inputs.get(i);
            int type = candidate.types().get(i);
            if (input != Types.UNKNOWN
                && (input == type || TypeCategory.isPreferred(TypeCategory.of(input), type))) {
              good++;
            }
          }
          return good;
        });
  }

  /// Where the candidates agree on a type category for each literal of no known type (or one of
  /// them takes a string), those of that category, the preferred type before others.
  private static <C extends Candidate> List<C> byCategoryOfUnknowns(
      List<C> candidates, List<Integer> inputs) {
    char[] categories = new char[inputs.size()];
    boolean[] hasPreferred = new boolean[inputs.size()];
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i) == Types.UNKNOWN && !categoryOf(candidates, i, categories, hasPreferred)) {
        return candidates;
      }
    }
    List<C> kept = new ArrayList<>();
    for (C candidate : candidates) {
      boolean fits = true;
      for (int i = 0; i < inputs.size() && fits; i++) {
        if (inputs.get(i) == Types.UNKNOWN) {
          int type = candidate.types().get(i);
          char category = TypeCategory.of(type);
          fits =
              category == categories[i]
                  && (!hasPreferred[i] || TypeCategory.isPreferred(category, type));
        }
      }
      if (fits) {
        kept.add(candidate);
      }
    }
    return kept.isEmpty() ? candidates : kept;
  }

  /// @return false where the candidates disagree
  private static <C extends Candidate> boolean categoryOf(
      List<C> candidates, int argument, char[] categories, boolean[] hasPreferred) {
    boolean conflict = false;
    for (C candidate : candidates) {
      int type = candidate.types().get(argument);
      char category = TypeCategory.of(type);
      boolean preferred = TypeCategory.isPreferred(category, type);
      if (categories[argument] == TypeCategory.INVALID) {
        categories[argument] = category;
        hasPreferred[argument] = preferred;
      } else if (category == categories[argument]) {
        hasPreferred[argument] |= preferred;
      } else if (category == TypeCategory.STRING) {
        categories[argument] = category;
        hasPreferred[argument] = preferred;
      } else {
        conflict = true;
      }
    }
    return !conflict || categories[argument] == TypeCategory.STRING;
  }

  /// Where all known types are one, the only candidate that takes that type everywhere.
  private static <C extends Candidate> @Nullable C asIfUnknownsWereLikeTheOthers(
      List<C> candidates, List<Integer> inputs) {
    int known = Types.UNKNOWN;
    for (int input : inputs) {
      if (input == Types.UNKNOWN) {
        continue;
      }
      if (known != Types.UNKNOWN && known != input) {
        return null;
      }
      known = input;
    }
    if (known == Types.UNKNOWN) {
      return null;
    }
    List<Integer> assumed = Collections.nCopies(inputs.size(), known);
    List<C> fitting = matching(candidates, assumed);
    return fitting.size() == 1 ? fitting.getFirst() : null;
  }
}
