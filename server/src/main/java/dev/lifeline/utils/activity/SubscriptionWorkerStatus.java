package dev.lifeline.utils.activity;

/// A row of `pg_stat_subscription`: a process that applies or copies for a subscription. Times are
/// in microseconds since 1970, 0 for never.
///
/// @param relationOid the table that it copies; 0 for the one that applies
/// @param latestEndLsn the last position that the publisher was told
public record SubscriptionWorkerStatus(
    int pid,
    int subscriptionOid,
    int relationOid,
    long receivedLsn,
    long lastMsgSendMicros,
    long lastMsgReceiptMicros,
    long latestEndLsn,
    long latestEndMicros) {}
