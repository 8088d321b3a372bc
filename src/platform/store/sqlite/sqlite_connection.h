#pragma once

// One open handle of SQLite, and the translation of its result codes into errors. One thread at a
// time.

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::store {

// Deletes a prepared statement.
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class SqliteConnection {
 public:
  static base::Result<std::unique_ptr<SqliteConnection>> Open(
      const std::string& path, std::chrono::milliseconds busy_timeout);

  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection();

  sqlite3* handle() const { return handle_; }
  const std::string& path() const { return path_; }

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

  const std::string path_;
  const std::chrono::milliseconds busy_timeout_;
  std::chrono::milliseconds waited_{0};  // since the lock was first found taken
  sqlite3* handle_ = nullptr;
};

}  // namespace moorage::store
