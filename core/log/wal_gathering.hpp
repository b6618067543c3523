// An SQLite VFS that hands the write-ahead log to the kernel in large pieces.  SQLite writes each page of a transaction
// with two system calls; here they are gathered and go out as one when they are synced, which is what a commit ends
// with.  And the file grows in steps ahead of what is written, so that most syncs change nothing but data.
//
// Nobody else may see a page of the log before its transaction is published, and SQLite publishes after the sync:
// that holds for connections with `PRAGMA synchronous=FULL`, the default, and only those may be opened with it.
// All other files are the system's own.  [any]
#pragma once

namespace signalbox {

// Its name for sqlite3_open_v2(), over what is the default VFS now; nullptr: it could not be registered.
const char *wal_gathering_vfs();

}  // namespace signalbox
