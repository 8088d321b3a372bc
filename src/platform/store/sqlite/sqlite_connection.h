#pragma once

// One open handle of SQLite, and the translation of its result codes into errors. One thread at a
// time.

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::store {

// Deletes a prepared statement.
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// What a connection may do to its file.
enum class SqliteMode : std::uint8_t {
  kCreate,    // reads and writes; the file is made if it is missing
  kExisting,  // reads and writes a file that is there
  kRead,      // reads a file that is there, and writes nothing
};

class SqliteConnection {
 public:
  // kNotFound if the file is missing and not made. kUnavailable if this user may not open it so.
  static base::Result<std::unique_ptr<SqliteConnection>> Open(
      const std::string& path, std::chrono::milliseconds busy_timeout,
      SqliteMode mode = SqliteMode::kCreate);

  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection();

  sqlite3* handle() const { return handle_; }
  const std::string& path() const { return path_; }
  // Returns true if the file is read as one that no process changes, because the place allows
  // neither shared memory nor locks. Such a connection sees no later change.
  bool immutable() const { return immutable_; }

  // Checks that the file behind the handle is the file at the path. kUnavailable with
  // base::kReplacedReason if it was removed, replaced, or lies on another device now.
  base::Status CheckInPlace() const;
  // The same, and that the companions of the file are there. After a commit they are.
  base::Status CheckCommitInPlace() const;

  // Runs statements without parameters. Rows are discarded.
  base::Status Run(std::string_view sql);
  // The first column of the first row, as a number.
  base::Result<std::int64_t> Number(std::string_view sql);

  // Returns our error for the result code of the last call. It reads "database <path>: <doing>:
  // <reason>".
  base::Error Explain(std::string_view doing, int code) const;

 private:
  SqliteConnection(std::string path, std::chrono::milliseconds busy_timeout);

  static int OnBusy(void* self, int count);
  // Returns a code of SQLite.
  int OpenHandle(const std::string& name, int flags);
  base::Status OpenToRead();
  base::Status OpenToWrite(SqliteMode mode);
  base::Error Replaced(std::string_view what) const;

  const std::string path_;
  const std::chrono::milliseconds busy_timeout_;
  std::chrono::milliseconds waited_{0};  // since the lock was first found taken
  sqlite3* handle_ = nullptr;
  bool immutable_ = false;
  std::uint64_t device_ = 0;  // of the file when it was opened
};

}  // namespace moorage::store
