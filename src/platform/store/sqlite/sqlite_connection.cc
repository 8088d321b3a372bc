#include "platform/store/sqlite/sqlite_connection.h"

#include <algorithm>

namespace moorage::store {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

Code CodeOf(int code) {
  if (code == SQLITE_IOERR_CORRUPTFS) return Code::kCorrupt;
  switch (code & 0xff) {  // the primary code of an extended one
    case SQLITE_CONSTRAINT:
      return Code::kConflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorrupt;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return Code::kExhausted;
    case SQLITE_INTERRUPT:
      return Code::kCancelled;
    case SQLITE_TOOBIG:
      return Code::kInvalid;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
      return Code::kUnavailable;
    default:
      return Code::kInternal;
  }
}

}  // namespace

SqliteConnection::SqliteConnection(std::string path, std::chrono::milliseconds busy_timeout)
    : path_(std::move(path)), busy_timeout_(busy_timeout) {}

// sqlite3_close_v2() takes a null handle, and closes once the last statement is deleted.
SqliteConnection::~SqliteConnection() { sqlite3_close_v2(handle_); }

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(
    const std::string& path, std::chrono::milliseconds busy_timeout) {
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(path, busy_timeout));
  // No mutex, because one thread at a time has the connection. Extended codes, because CodeOf()
  // needs them.
  const int code = sqlite3_open_v2(
      path.c_str(), &connection->handle_,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  if (code != SQLITE_OK) return connection->Explain("open", code);
  sqlite3_busy_handler(connection->handle_, &SqliteConnection::OnBusy, connection.get());
  RETURN_IF_ERROR(
      connection->Run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON"));
  return connection;
}

// Waits in short steps of 1 to 10 ms, so that processes that compete for the lock all get their
// turn. SQLite calls again until this returns 0. `count` is 0 at the first call for one lock.
int SqliteConnection::OnBusy(void* self, int count) {
  auto* connection = static_cast<SqliteConnection*>(self);
  if (count == 0) connection->waited_ = std::chrono::milliseconds(0);
  if (connection->waited_ >= connection->busy_timeout_) return 0;
  const int step = std::min(1 + count / 4, 10);
  connection->waited_ += std::chrono::milliseconds(std::max(1, sqlite3_sleep(step)));
  return 1;
}

Status SqliteConnection::Run(std::string_view sql) {
  while (!sql.empty()) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    int code = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &raw, &tail);
    const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement(raw);
    if (code != SQLITE_OK) return Explain("run", code);
    sql.remove_prefix(static_cast<std::size_t>(tail - sql.data()));
    if (statement == nullptr) continue;  // white space or a comment
    do {
      code = sqlite3_step(statement.get());
    } while (code == SQLITE_ROW);
    if (code != SQLITE_DONE) return Explain("run", code);
  }
  return {};
}

Result<std::int64_t> SqliteConnection::Number(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement(raw);
  if (code == SQLITE_OK) code = sqlite3_step(statement.get());
  if (code != SQLITE_ROW) return Explain("read", code);
  return sqlite3_column_int64(statement.get(), 0);
}

Error SqliteConnection::Explain(std::string_view doing, int code) const {
  std::string reason = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  if ((code & 0xff) == SQLITE_BUSY) {
    reason += " (another process kept it for " + std::to_string(busy_timeout_.count()) + " ms)";
  }
  return Error{CodeOf(code),
               "database " + path_ + ": " + std::string(doing) + ": " + std::move(reason)};
}

}  // namespace moorage::store
