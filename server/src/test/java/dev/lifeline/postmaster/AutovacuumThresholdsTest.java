package dev.lifeline.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.activity.RelationStatistics;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The decision of autovacuum, with PostgreSQL's defaults: 50 + 20 % dead, 1000 + 20 % inserted, 50
/// + 10 % changed.
class AutovacuumThresholdsTest {
  private final AutovacuumThresholds defaults = with();

  private static AutovacuumThresholds with(String... options) {
    return AutovacuumThresholds.of(ServerConfig.defaults(), List.of(options));
  }

  private static RelationStatistics table(long dead, long changed, long inserted) {
    return new RelationStatistics(
        0, 0, 0, inserted, 0, 0, 0, 0, dead, changed, inserted, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void deadRowsBringAVacuumOnlyAboveTheThreshold() {
    assertFalse(defaults.vacuum(table(250, 0, 0), 1000));
    assertTrue(defaults.vacuum(table(251, 0, 0), 1000));
  }

  @Test
  void aTableThatWasNeverCountedHasNoRows() {
    assertFalse(defaults.vacuum(table(50, 0, 0), -1));
    assertTrue(defaults.vacuum(table(51, 0, 0), -1));
  }

  @Test
  void insertedRowsBringAVacuumToo() {
    assertFalse(defaults.vacuum(table(0, 0, 1200), 1000));
    assertTrue(defaults.vacuum(table(0, 0, 1201), 1000));
    assertFalse(with("autovacuum_vacuum_insert_threshold=-1").vacuum(table(0, 0, 1_000_000), 1000));
  }

  @Test
  void changesBringAnAnalyze() {
    assertFalse(defaults.analyze(table(0, 150, 0), 1000));
    assertTrue(defaults.analyze(table(0, 151, 0), 1000));
  }

  @Test
  void theTablesOwnParametersComeFirst() {
    AutovacuumThresholds own =
        with("autovacuum_vacuum_threshold=5", "autovacuum_vacuum_scale_factor=0");
    assertTrue(own.vacuum(table(6, 0, 0), 1_000_000));
    assertFalse(own.vacuum(table(5, 0, 0), 1_000_000));
    assertFalse(with("autovacuum_enabled=false").vacuum(table(1_000_000, 0, 0), 0));
    assertFalse(with("autovacuum_enabled=false").analyze(table(0, 1_000_000, 0), 0));
  }

  @Test
  void workersShareTheCostLimitUnlessTheTableHasItsOwn() {
    assertEquals(2.0, defaults.costDelayMs());
    assertEquals(200, defaults.shareOfLimit(1));
    assertEquals(66, defaults.shareOfLimit(3));
    assertEquals(1, defaults.shareOfLimit(1000));
    AutovacuumThresholds own = with("autovacuum_vacuum_cost_limit=500");
    assertEquals(500, own.shareOfLimit(3));
    assertEquals(0.0, with("autovacuum_vacuum_cost_delay=0").costDelayMs());
  }
}
