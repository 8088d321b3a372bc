#pragma once

// A Database in one SQLite file and its -wal and -shm companions. It is in write-ahead mode with
// full synchronisation, so a committed transaction survives a power cut. Every transaction begins,
// and every change ends, with a check that the file is still the one at the path. Several threads
// and several processes may use one file. Each transaction has a connection of its own from a pool.
// The writers of one process wait in memory, so that only processes compete for the lock of the
// file.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <string>
#include <vector>

#include "foundation/base/mutex.h"
#include "platform/store/database.h"
#include "platform/store/sqlite/sqlite_connection.h"

namespace moorage::store {

class SqliteDatabase : public Database {
 public:
  // "Moor" in ASCII, in the file's header. A database of another program is refused.
  static constexpr std::int64_t kApplicationId = 0x4D6F6F72;
  // The version of this class's conventions, not of any tables. It is in `user_version`.
  static constexpr std::int64_t kFormat = 1;

  struct Options {
    SqliteMode mode = SqliteMode::kCreate;
    // How long Begin(kWrite) waits for other writers before it answers kUnavailable.
    std::chrono::milliseconds busy_timeout{5000};
  };

  // Creates the file and its directory if they are missing and the mode is kCreate. kNotFound if
  // the file is missing in another mode, kCorrupt if it is not a SQLite file, kInvalid if it
  // belongs to another program, kUnsupported if a newer moorage made it.
  static base::Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path,
                                                            Options options);
  static base::Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path) {
    return Open(path, Options());
  }

  ~SqliteDatabase() override;
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  base::Result<std::unique_ptr<Transaction>> Begin(Access access) override;
  std::unique_ptr<base::ChangeWatch> WatchChanges() override;
  base::Status CheckIntegrity() override;

 private:
  friend class SqliteTransaction;

  SqliteDatabase(std::string path, Options options);

  base::Status MakeDirectory() const;
  base::Status Prepare();
  base::Status PrepareToWrite(SqliteConnection& connection);
  base::Result<std::unique_ptr<SqliteConnection>> Borrow();
  void Return(std::unique_ptr<SqliteConnection> connection);
  base::Status EnterWriter();
  void LeaveWriter();

  // Constant after construction.
  const std::string path_;
  const Options options_;

  base::Mutex mu_;  // Never held while SQLite runs.
  std::vector<std::unique_ptr<SqliteConnection>> idle_ GUARDED_BY(mu_);
  bool writing_ GUARDED_BY(mu_) = false;
  std::condition_variable writer_left_;
};

}  // namespace moorage::store
