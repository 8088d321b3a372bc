#include "platform/store/sqlite/sqlite_database.h"

#include <filesystem>
#include <system_error>

#include "platform/store/sqlite/file_watch.h"
#include "platform/store/sqlite/sqlite_connection.h"

namespace moorage::store {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// Connections kept open between transactions. More are opened and closed as they are needed.
constexpr std::size_t kMaxIdle = 8;

// The error that ended a transaction, shared with its statements.
using Failure = std::shared_ptr<std::optional<Error>>;

class SqliteStatement : public Statement {
 public:
  SqliteStatement(SqliteConnection& connection, sqlite3_stmt* statement, Failure failure)
      : connection_(connection), statement_(statement), failure_(std::move(failure)) {}

  void BindNull(int parameter) override {
    Check(sqlite3_bind_null(statement_.get(), Index(parameter)));
  }
  void BindInteger(int parameter, std::int64_t value) override {
    Check(sqlite3_bind_int64(statement_.get(), Index(parameter), value));
  }
  void BindReal(int parameter, double value) override {
    Check(sqlite3_bind_double(statement_.get(), Index(parameter), value));
  }
  void BindText(int parameter, std::string_view value) override {
    // A null pointer would bind NULL, not the empty text.
    const char* data = value.data() == nullptr ? "" : value.data();
    Check(sqlite3_bind_text64(statement_.get(), Index(parameter), data, value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
  }

  Result<bool> Step() override {
    if (*failure_) return **failure_;
    const int code = bind_code_ != SQLITE_OK ? bind_code_ : sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    *failure_ = connection_.Explain("statement", code);
    return **failure_;
  }

  Result<std::int64_t> Execute() override {
    // The difference of totals, because sqlite3_changes() keeps the number of an earlier statement
    // where this one is of a kind that changes no rows.
    const std::int64_t before = sqlite3_total_changes64(connection_.handle());
    for (;;) {
      ASSIGN_OR_RETURN(const bool row, Step());
      if (!row) return sqlite3_total_changes64(connection_.handle()) - before;
    }
  }

  void Reset() override { sqlite3_reset(statement_.get()); }

  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  }
  std::int64_t Integer(int column) const override {
    return sqlite3_column_int64(statement_.get(), column);
  }
  double Real(int column) const override { return sqlite3_column_double(statement_.get(), column); }
  std::string_view Text(int column) const override {
    // The text first, because its conversion may change the number of bytes.
    const void* text = sqlite3_column_text(statement_.get(), column);
    if (text == nullptr) return {};
    return {static_cast<const char*>(text),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
  }

 private:
  // SQLite numbers named parameters by their first appearance, and $2 may stand before $1.
  int Index(int parameter) const {
    return sqlite3_bind_parameter_index(statement_.get(),
                                        ("$" + std::to_string(parameter)).c_str());
  }
  void Check(int code) {
    if (bind_code_ == SQLITE_OK) bind_code_ = code;
  }

  SqliteConnection& connection_;
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
  const Failure failure_;
  int bind_code_ = SQLITE_OK;
};

}  // namespace

class SqliteTransaction : public Transaction {
 public:
  SqliteTransaction(SqliteDatabase& owner, std::unique_ptr<SqliteConnection> connection,
                    Access access)
      : owner_(owner), connection_(std::move(connection)), access_(access) {}
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  ~SqliteTransaction() override {
    // Some errors have rolled it back already. A connection whose rollback fails is closed and not
    // lent again, because it may still hold the lock.
    bool clean = true;
    if (sqlite3_get_autocommit(connection_->handle()) == 0)
      clean = connection_->Run("ROLLBACK").ok();
    if (access_ == Access::kWrite) owner_.LeaveWriter();
    if (clean) owner_.Return(std::move(connection_));
  }

  Result<std::unique_ptr<Statement>> Prepare(std::string_view sql) override {
    if (*failure_) return **failure_;
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(connection_->handle(), sql.data(),
                                        static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) {
      *failure_ = connection_->Explain("prepare", code);
      return **failure_;
    }
    return std::make_unique<SqliteStatement>(*connection_, statement, failure_);
  }

  Status ExecuteScript(std::string_view sql) override {
    if (*failure_) return **failure_;
    Status status = connection_->Run(sql);
    if (!status.ok()) *failure_ = status.error();
    return status;
  }

  Status Commit() override {
    if (*failure_) return **failure_;
    // Before, so that a change of a file that has gone fails whole. After, because the file may
    // have gone meanwhile, and what was written to it must not be acknowledged.
    Status status;
    if (access_ == Access::kWrite) status = connection_->CheckInPlace();
    if (status.ok()) status = connection_->Run("COMMIT");
    if (status.ok() && access_ == Access::kWrite) status = connection_->CheckCommitInPlace();
    if (!status.ok()) *failure_ = status.error();
    return status;
  }

 private:
  SqliteDatabase& owner_;
  std::unique_ptr<SqliteConnection> connection_;
  const Access access_;
  const Failure failure_ = std::make_shared<std::optional<Error>>();
};

SqliteDatabase::SqliteDatabase(std::string path, Options options)
    : path_(std::move(path)), options_(options) {}

SqliteDatabase::~SqliteDatabase() = default;

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path,
                                                             Options options) {
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path, options));
  if (options.mode == SqliteMode::kCreate) RETURN_IF_ERROR(database->MakeDirectory());
  RETURN_IF_ERROR(database->Prepare());
  return database;
}

Status SqliteDatabase::MakeDirectory() const {
  const auto parent = std::filesystem::path(path_).parent_path();
  if (parent.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (!error) return {};
  return Error{Code::kUnavailable,
               "database " + path_ + ": create " + parent.string() + ": " + error.message()};
}

Status SqliteDatabase::Prepare() {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> connection, Borrow());
  ASSIGN_OR_RETURN(const std::int64_t application, connection->Number("PRAGMA application_id"));
  if (application != kApplicationId) {
    if (options_.mode == SqliteMode::kRead) {
      return Error{Code::kInvalid, "database " + path_ + ": is no registry; choose another file"};
    }
    // It is new, or another process creates it at this moment. The write lock decides. An error
    // below closes the connection, which rolls back.
    RETURN_IF_ERROR(connection->Run("BEGIN IMMEDIATE"));
    ASSIGN_OR_RETURN(const std::int64_t now, connection->Number("PRAGMA application_id"));
    ASSIGN_OR_RETURN(const std::int64_t tables,
                     connection->Number("SELECT count(*) FROM sqlite_master"));
    if (now != kApplicationId && (now != 0 || tables != 0)) {
      return Error{Code::kInvalid,
                   "database " + path_ + ": is of another program; choose another file"};
    }
    if (now == 0) {
      RETURN_IF_ERROR(connection->Run("PRAGMA application_id = " + std::to_string(kApplicationId) +
                                      "; PRAGMA user_version = " + std::to_string(kFormat)));
    }
    RETURN_IF_ERROR(connection->Run("COMMIT"));
  }
  // Before the mode, because a file of a newer program is not changed.
  ASSIGN_OR_RETURN(const std::int64_t format, connection->Number("PRAGMA user_version"));
  if (format > kFormat) {
    return Error{Code::kUnsupported, "database " + path_ + ": has format " +
                                         std::to_string(format) + ", this program knows up to " +
                                         std::to_string(kFormat) + ": use a newer moorage"};
  }
  if (options_.mode != SqliteMode::kRead) RETURN_IF_ERROR(PrepareToWrite(*connection));
  Return(std::move(connection));
  return {};
}

Status SqliteDatabase::PrepareToWrite(SqliteConnection& connection) {
  // The mode is kept in the file. SQLite returns the mode that it could get.
  RETURN_IF_ERROR(connection.Run("PRAGMA journal_mode = WAL"));
  ASSIGN_OR_RETURN(const std::int64_t wal,
                   connection.Number("SELECT journal_mode = 'wal' FROM pragma_journal_mode"));
  if (wal != 1) {
    return Error{Code::kUnsupported, "database " + path_ +
                                         ": its file system cannot share memory between processes "
                                         "(write-ahead log); use a local disk"};
  }
  return {};
}

Result<std::unique_ptr<SqliteConnection>> SqliteDatabase::Borrow() {
  {
    const base::MutexLock lock(mu_);
    if (!idle_.empty()) {
      std::unique_ptr<SqliteConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return SqliteConnection::Open(path_, options_.busy_timeout, options_.mode);
}

void SqliteDatabase::Return(std::unique_ptr<SqliteConnection> connection) {
  // It would not see what another machine writes.
  if (connection->immutable()) return;
  const base::MutexLock lock(mu_);
  if (idle_.size() < kMaxIdle) idle_.push_back(std::move(connection));
}

Status SqliteDatabase::EnterWriter() {
  base::MutexLock lock(mu_);
  const bool free = writer_left_.wait_for(lock.native(), options_.busy_timeout,
                                          [this]() REQUIRES(mu_) { return !writing_; });
  if (!free) {
    return Error{Code::kUnavailable, "database " + path_ + ": begin: other writers kept it for " +
                                         std::to_string(options_.busy_timeout.count()) + " ms"};
  }
  writing_ = true;
  return {};
}

void SqliteDatabase::LeaveWriter() {
  {
    const base::MutexLock lock(mu_);
    writing_ = false;
  }
  writer_left_.notify_one();
}

Result<std::unique_ptr<Transaction>> SqliteDatabase::Begin(Access access) {
  if (access == Access::kWrite && options_.mode == SqliteMode::kRead) {
    return Error{Code::kUnavailable,
                 "database " + path_ + ": is open for reading only, so nothing can be changed"};
  }
  if (access == Access::kWrite) RETURN_IF_ERROR(EnterWriter());
  Result<std::unique_ptr<SqliteConnection>> connection = Borrow();
  if (!connection.ok()) {
    if (access == Access::kWrite) LeaveWriter();
    return std::move(connection).error();
  }
  SqliteConnection& borrowed = **connection;
  // From here on the destructor gives back what was taken. BEGIN IMMEDIATE takes the lock before
  // anything is read. Otherwise a transaction that reads first fails at its first write where
  // another has committed meanwhile, whatever the busy timeout (docs/decisions/0004).
  auto transaction = std::make_unique<SqliteTransaction>(*this, *std::move(connection), access);
  RETURN_IF_ERROR(borrowed.CheckInPlace());
  RETURN_IF_ERROR(
      base::Annotate(access == Access::kWrite ? "begin to write" : "begin to read",
                     borrowed.Run(access == Access::kWrite ? "BEGIN IMMEDIATE" : "BEGIN")));
  return transaction;
}

std::unique_ptr<base::ChangeWatch> SqliteDatabase::WatchChanges() {
  const std::filesystem::path file(path_);
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const std::string name = file.filename().string();
  // A transaction is written to the log. A checkpoint changes the file itself.
  return std::make_unique<FileWatch>(folder.string(), std::vector{name, name + "-wal"});
}

Status SqliteDatabase::CheckIntegrity() {
  ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction, Begin(Access::kRead));
  Error findings{Code::kCorrupt, "database " + path_ + ": is damaged"};
  RETURN_IF_ERROR(transaction->Query("PRAGMA integrity_check", [&](const Statement& row) -> Status {
    if (row.Text(0) != "ok") findings.details.push_back({path_, std::string(row.Text(0))});
    return {};
  }));
  RETURN_IF_ERROR(
      transaction->Query("PRAGMA foreign_key_check", [&](const Statement& row) -> Status {
        findings.details.push_back({std::string(row.Text(0)), "row " + std::string(row.Text(1)) +
                                                                  " refers to a missing row of " +
                                                                  std::string(row.Text(2))});
        return {};
      }));
  if (findings.details.empty()) return {};
  return findings;
}

}  // namespace moorage::store
