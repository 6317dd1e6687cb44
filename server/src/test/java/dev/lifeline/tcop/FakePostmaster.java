package dev.lifeline.tcop;

import java.util.ArrayList;
import java.util.List;

/// A postmaster that writes down what it is asked.
final class FakePostmaster implements PostmasterHooks {
  final List<String> calls = new ArrayList<>();
  CanAcceptConnections canAccept = CanAcceptConnections.OK;
  int freeSlots = 100;
  int ofDatabase;
  int ofRole;

  @Override
  public CanAcceptConnections canAcceptConnections() {
    return canAccept;
  }

  @Override
  public void cancelRequest(int pid, int cancelKey) {
    calls.add("cancel " + pid + " " + cancelKey);
  }

  @Override
  public boolean signalBackend(int pid, BackendSignal signal) {
    calls.add(signal + " " + pid);
    return pid == 7;
  }

  @Override
  public long startTime() {
    return 0;
  }

  @Override
  public long configurationLoadTime() {
    return 0;
  }

  @Override
  public String serverAddress() {
    return "127.0.0.1";
  }

  @Override
  public int serverPort() {
    return 5432;
  }

  @Override
  public boolean takeConnectionSlot(int pid) {
    if (freeSlots == 0) {
      return false;
    }
    freeSlots--;
    return true;
  }

  @Override
  public int freeConnectionSlots() {
    return freeSlots;
  }

  @Override
  public void authorized(int pid, int databaseOid, int roleOid) {
    calls.add("authorized " + pid + " " + databaseOid + " " + roleOid);
  }

  @Override
  public int connectionsToDatabase(int databaseOid) {
    return ofDatabase;
  }

  @Override
  public int connectionsOfRole(int roleOid) {
    return ofRole;
  }
}
