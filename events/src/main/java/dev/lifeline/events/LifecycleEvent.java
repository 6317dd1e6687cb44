package dev.lifeline.events;

/// Something that happened to a process of the cluster.
///
/// Each family is a sealed interface, each event a record nested in it. The record is the only
/// definition of an event: its type name, its JSON form and its schema are derived from it.
/// - A component `walBytes` is the JSON key `wal_bytes`. Names are those of the `pg_stat_*` column
///   or the `jsonlog` key that holds the same thing, where there is one.
/// - `...Ms` is a `double` of milliseconds, `...Bytes` a `long`, a `long` that ends in `Lsn` is a
///   WAL position.
/// - A null component is absent from the JSON.
///
/// A record only ever grows, at its end. A change of meaning is a new record.
public sealed interface LifecycleEvent
    permits PostmasterEvent,
        ProcessEvent,
        ConnectionEvent,
        TransactionEvent,
        StatementEvent,
        WalEvent,
        CheckpointEvent,
        BgWriterEvent,
        BufferEvent,
        VacuumEvent,
        RecoveryEvent,
        LockEvent,
        StatsEvent,
        ReplicationEvent,
        FaultEvent,
        ObserverEvent,
        ServerEvent,
        AnnotationEvent {}
