package dev.lifeline.commands.amcheck;

import dev.lifeline.catalog.StoredRelation;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.smgr.Fork;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;

/// The files of a directory are those that the catalog names, no more and no fewer.
final class FilesCheck {
  /// What a database's directory may have beside relations.
  private static final Set<String> OTHERS = Set.of("PG_VERSION");

  private final Disk disk;
  private final Findings findings;

  FilesCheck(Disk disk, Findings findings) {
    this.disk = disk;
    this.findings = findings;
  }

  /// @param relations of this directory
  /// @param othersAllowed whether there may be files of another kind, as in `global`
  Future<Void> run(String directory, List<StoredRelation> relations, boolean othersAllowed) {
    return disk.list(directory)
        .map(names -> {
          compare(directory, relations, names, othersAllowed);
          return null;
        });
  }

  private void compare(
      String directory, List<StoredRelation> relations, List<String> names, boolean othersAllowed) {
    Set<Long> numbers = new HashSet<>();
    for (StoredRelation relation : relations) {
      numbers.add(relation.file().relNumber());
      String path = relation.file().path(Fork.MAIN, 0);
      if (!names.contains(path.substring(directory.length() + 1))) {
        findings.add(path, "missing, relation \"%s\" has it".formatted(relation.name()));
      }
    }
    for (String name : names) {
      Matcher file = PageCheck.RELATION_FILE.matcher(name);
      if (!file.matches()) {
        if (!othersAllowed && !OTHERS.contains(name)) {
          findings.add(directory + "/" + name, "not a relation's file");
        }
      } else if (!numbers.contains(Long.parseLong(file.group(1)))) {
        findings.add(directory + "/" + name, "no relation has it");
      }
    }
  }
}
