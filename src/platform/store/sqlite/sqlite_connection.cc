#include "platform/store/sqlite/sqlite_connection.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "foundation/base/mount_point.h"
#include "foundation/base/user_name.h"

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
      return Code::kStorageFull;
    case SQLITE_INTERRUPT:
      return Code::kCancelled;
    case SQLITE_TOOBIG:
      return Code::kInvalid;
    case SQLITE_NOMEM:
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

// "file:/data/moorage.db", with every byte that means something in a URI written as %XX.
std::string UriOf(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char byte : path) {
    if (kPlain.find(byte) != std::string_view::npos) {
      uri += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    uri.append({'%', kHexDigits[value >> 4U], kHexDigits[value & 15U]});
  }
  return uri;
}

}  // namespace

SqliteConnection::SqliteConnection(std::string path, std::chrono::milliseconds busy_timeout)
    : path_(std::move(path)), busy_timeout_(busy_timeout) {}

// sqlite3_close_v2() takes a null handle, and closes once the last statement is deleted.
SqliteConnection::~SqliteConnection() { sqlite3_close_v2(handle_); }

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(
    const std::string& path, std::chrono::milliseconds busy_timeout, SqliteMode mode) {
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(path, busy_timeout));
  struct stat info{};
  // SQLite answers a missing file like one that it may not open.
  if (mode != SqliteMode::kCreate && ::stat(path.c_str(), &info) < 0 &&
      (errno == ENOENT || errno == ENOTDIR)) {
    return Error{Code::kNotFound, "database " + path + ": there is no such file"};
  }
  if (mode == SqliteMode::kRead) {
    RETURN_IF_ERROR(connection->OpenToRead());
  } else {
    RETURN_IF_ERROR(connection->OpenToWrite(mode));
  }
  if (::stat(path.c_str(), &info) < 0) return connection->Replaced("has gone while it was opened");
  connection->device_ = info.st_dev;
  RETURN_IF_ERROR(
      connection->Run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON"));
  return connection;
}

int SqliteConnection::OpenHandle(const std::string& name, int flags) {
  sqlite3_close_v2(std::exchange(handle_, nullptr));
  // No mutex, because one thread at a time has the connection. Extended codes, because CodeOf()
  // needs them.
  const int code = sqlite3_open_v2(name.c_str(), &handle_,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code == SQLITE_OK) sqlite3_busy_handler(handle_, &SqliteConnection::OnBusy, this);
  return code;
}

Status SqliteConnection::OpenToWrite(SqliteMode mode) {
  const int create = mode == SqliteMode::kCreate ? SQLITE_OPEN_CREATE : 0;
  const int code = OpenHandle(path_, SQLITE_OPEN_READWRITE | create);
  if (code != SQLITE_OK) return Explain("open", code);
  // SQLite opens a file that it may not write for reading, without an error.
  if (sqlite3_db_readonly(handle_, "main") == 1) {
    return Error{Code::kUnavailable, "database " + path_ +
                                         ": may only be read: there is no permission to write for "
                                         "the user " +
                                         base::NameOfUser()};
  }
  return {};
}

Status SqliteConnection::OpenToRead() {
  int code = OpenHandle(path_, SQLITE_OPEN_READONLY);
  if (code != SQLITE_OK) return Explain("open", code);
  // The first read opens the log and its shared memory, or fails where they cannot be made.
  code = sqlite3_exec(handle_, "SELECT count(*) FROM sqlite_master", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  const int primary = code & 0xff;
  if (primary != SQLITE_CANTOPEN && primary != SQLITE_READONLY) return Explain("read", code);
  // Without a log the file is whole, and it does not change where it cannot be written.
  struct stat log{};
  if (::stat((path_ + "-wal").c_str(), &log) == 0 && log.st_size > 0) {
    Error error = Explain("read", code);
    error.message += "; its log holds changes that the user " + base::NameOfUser() +
                     " has no permission to take over: open it once as its owner";
    return error;
  }
  code = OpenHandle(UriOf(path_) + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  if (code != SQLITE_OK) return Explain("open", code);
  immutable_ = true;
  return {};
}

Error SqliteConnection::Replaced(std::string_view what) const {
  return Error{.code = Code::kUnavailable,
               .message = "database " + path_ + ": " + std::string(what) +
                          "; nothing is written until the file that was opened is back, or the "
                          "program is started again",
               .reason = base::kReplacedReason};
}

Status SqliteConnection::CheckInPlace() const {
  struct stat info{};
  if (::stat(path_.c_str(), &info) < 0) return Replaced("was removed while it was open");
  // SQLite compares the inode, and we the device, because a volume that was mounted over may have a
  // file of the same inode.
  int moved = 0;
  const int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (code == SQLITE_OK && moved == 0 && info.st_dev == device_) return {};
  return Replaced("was replaced while it was open");
}

Status SqliteConnection::CheckCommitInPlace() const {
  RETURN_IF_ERROR(CheckInPlace());
  for (const char* companion : {"-wal", "-shm"}) {
    struct stat info{};
    if (::stat((path_ + companion).c_str(), &info) < 0) {
      return Replaced(std::string("its companion ") + companion + " was removed while it was open");
    }
  }
  return {};
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
  Error error{CodeOf(code),
              "database " + path_ + ": " + std::string(doing) + ": " + std::move(reason)};
  // SQLite answers SQLITE_IOERR or SQLITE_CANTOPEN where its shared memory, or a new file, finds no
  // room. SQLITE_FULL alone would miss these.
  const int system = handle_ != nullptr ? sqlite3_system_errno(handle_) : 0;
  const bool failed = error.code == Code::kUnavailable && (code & 0xff) != SQLITE_BUSY;
  if (failed && (system == EACCES || system == EPERM || system == EROFS)) {
    error.message += " (the user " + base::NameOfUser() + " has no permission)";
  }
  if (failed && (system == ENOSPC || system == EDQUOT)) error.code = Code::kStorageFull;
  if (error.code == Code::kStorageFull) error.message += " (" + base::FileSystemOf(path_) + ")";
  return error;
}

}  // namespace moorage::store
