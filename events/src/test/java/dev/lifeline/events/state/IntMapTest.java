package dev.lifeline.events.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntMapTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 32, 33, 5_000, Integer.MAX_VALUE})
  void behavesAsATreeMapAndOldVersionsStayAsTheyWere(int keys) {
    SplittableRandom random = new SplittableRandom(keys);
    TreeMap<Integer, String> model = new TreeMap<>();
    IntMap<String> map = IntMap.empty();
    List<IntMap<String>> versions = new ArrayList<>();
    List<TreeMap<Integer, String>> models = new ArrayList<>();
    for (int step = 0; step < 4_000; step++) {
      int key = random.nextInt(keys) >>> (random.nextInt(3) * 7);
      if (random.nextInt(5) < 3) {
        map = map.put(key, "v" + step);
        model.put(key, "v" + step);
      } else {
        key = model.isEmpty() || random.nextInt(4) == 0 ? key : model.firstKey();
        map = map.remove(key);
        model.remove(key);
      }
      assertEquals(model.get(key), map.get(key));
      if (step % 400 == 0) {
        versions.add(map);
        models.add(new TreeMap<>(model));
      }
    }
    versions.add(map);
    models.add(model);
    for (int i = 0; i < versions.size(); i++) {
      IntMap<String> version = versions.get(i);
      assertEquals(new ArrayList<>(models.get(i).values()), version.values());
      assertEquals(models.get(i).size(), version.size());
      models.get(i).forEach((key, value) -> assertEquals(value, version.get(key)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void refusesNegativeKeys(int key) {
    IntMap<String> map = IntMap.<String>empty().put(0, "a");
    assertThrows(IllegalArgumentException.class, () -> map.get(key));
    assertThrows(IllegalArgumentException.class, () -> map.put(key, "b"));
    assertNull(map.get(Integer.MAX_VALUE));
  }
}
