#pragma once

// A relational database, by the part of SQL that SQLite and PostgreSQL share: TEXT, BIGINT, DOUBLE
// PRECISION, INSERT ... ON CONFLICT, RETURNING. Write transactions are serial from their beginning,
// so what one has read stays true until it commits. Safe to share between threads.
//
//   auto count = InTransaction(database, Access::kWrite, [](Transaction& transaction) {
//     return transaction.Execute("DELETE FROM t WHERE x = $1", 7);
//   });

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "foundation/base/change_watch.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"

namespace moorage::store {

// A prepared statement of one transaction. Parameters are written $1, $2, ... and count from 1,
// columns count from 0. A parameter that was never bound is NULL.
class Statement {
 public:
  virtual ~Statement() = default;

  // The value is copied. A number without a parameter in the text shows as an error of Step().
  virtual void BindNull(int parameter) = 0;
  virtual void BindInteger(int parameter, std::int64_t value) = 0;
  virtual void BindReal(int parameter, double value) = 0;
  virtual void BindText(int parameter, std::string_view value) = 0;

  // Returns true when the next row can be read, false after the last.
  virtual base::Result<bool> Step() = 0;
  // Runs to the end. Returns how many rows were inserted, changed or deleted.
  virtual base::Result<std::int64_t> Execute() = 0;
  // Makes it ready to run once more. The bindings stay.
  virtual void Reset() = 0;

  // Columns of the row that Step() has announced. Text is valid until the next Step().
  virtual bool IsNull(int column) const = 0;
  virtual std::int64_t Integer(int column) const = 0;
  virtual double Real(int column) const = 0;
  virtual std::string_view Text(int column) const = 0;
};

// Binding by the type of the value. Times are stored as microseconds since 1970, UTC.
inline void Bind(Statement& statement, int parameter, std::nullptr_t) {
  statement.BindNull(parameter);
}
template <std::integral T>
void Bind(Statement& statement, int parameter, T value) {
  statement.BindInteger(parameter, static_cast<std::int64_t>(value));
}
inline void Bind(Statement& statement, int parameter, double value) {
  statement.BindReal(parameter, value);
}
inline void Bind(Statement& statement, int parameter, std::string_view value) {
  statement.BindText(parameter, value);
}
inline void Bind(Statement& statement, int parameter, base::Time value) {
  statement.BindInteger(parameter, value.time_since_epoch().count());
}
template <typename T>
void Bind(Statement& statement, int parameter, const std::optional<T>& value) {
  if (value) {
    Bind(statement, parameter, *value);
  } else {
    statement.BindNull(parameter);
  }
}
inline base::Time TimeAt(const Statement& row, int column) {
  return base::Time(std::chrono::microseconds(row.Integer(column)));
}

// A unit of work that happens whole or not at all. Destroyed without Commit() it is rolled back.
// After an error Commit() fails with that error. One thread at a time. Must not outlive its
// Database.
class Transaction {
 public:
  virtual ~Transaction() = default;

  virtual base::Result<std::unique_ptr<Statement>> Prepare(std::string_view sql) = 0;
  // Several statements without parameters, for schemas.
  virtual base::Status ExecuteScript(std::string_view sql) = 0;
  // After success the work survives a crash of the process and of the machine. After an error it
  // was rolled back, unless the code is kUnavailable. Then the outcome is unknown, and the caller
  // must read again.
  virtual base::Status Commit() = 0;

  // Runs one statement with its parameters. Returns how many rows it changed.
  template <typename... Values>
  base::Result<std::int64_t> Execute(std::string_view sql, const Values&... values) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Statement> statement, PrepareWith(sql, values...));
    return statement->Execute();
  }

  // Calls `visit(const Statement& row)` for each row. An error that it returns ends the query.
  template <typename Visit, typename... Values>
  base::Status Query(std::string_view sql, Visit&& visit, const Values&... values) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Statement> statement, PrepareWith(sql, values...));
    for (;;) {
      ASSIGN_OR_RETURN(const bool row, statement->Step());
      if (!row) return {};
      RETURN_IF_ERROR(visit(static_cast<const Statement&>(*statement)));
    }
  }

  // Returns the first row, read by `read(const Statement& row) -> Result<T>`, or nothing if there
  // is none.
  template <typename Read, typename... Values>
  auto QueryOne(std::string_view sql, Read&& read, const Values&... values)
      -> base::Result<std::optional<
          std::remove_cvref_t<decltype(read(std::declval<const Statement&>()).value())>>> {
    ASSIGN_OR_RETURN(const std::unique_ptr<Statement> statement, PrepareWith(sql, values...));
    ASSIGN_OR_RETURN(const bool row, statement->Step());
    if (!row) return std::nullopt;
    auto value = read(static_cast<const Statement&>(*statement));
    if (!value.ok()) return std::move(value).error();
    return *std::move(value);
  }

 private:
  template <typename... Values>
  base::Result<std::unique_ptr<Statement>> PrepareWith(std::string_view sql,
                                                       const Values&... values) {
    ASSIGN_OR_RETURN(std::unique_ptr<Statement> statement, Prepare(sql));
    int parameter = 0;
    (Bind(*statement, ++parameter, values), ...);
    return statement;
  }
};

enum class Access {
  kRead,   // one consistent snapshot, never waits for writers
  kWrite,  // one such transaction at a time, over all processes
};

// Errors:
//   - kConflict: a constraint forbids it
//   - kUnavailable: it was busy for too long, or the disk does not answer
//   - kCorrupt: the file is damaged or of another program
//   - kStorageFull: the disk is full
class Database {
 public:
  virtual ~Database() = default;

  // A thread that holds a write transaction must not begin another one, because it would wait for
  // itself.
  virtual base::Result<std::unique_ptr<Transaction>> Begin(Access access) = 0;

  // A watch for the transactions that any process commits. It may end a wait early or late, so the
  // caller asks by a query after kChanged and after kLimit. The database outlives it.
  virtual std::unique_ptr<base::ChangeWatch> WatchChanges() = 0;

  // Reads all of it. kCorrupt with one detail for each finding.
  virtual base::Status CheckIntegrity() = 0;
};

// Runs `work(Transaction&) -> Result<T>` in one transaction. It is committed if `work` returns a
// value, and rolled back if it returns an error.
template <typename Work>
auto InTransaction(Database& database, Access access, Work&& work)
    -> std::invoke_result_t<Work&, Transaction&> {
  ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction, database.Begin(access));
  auto result = work(*transaction);
  if (!result.ok()) return result;
  RETURN_IF_ERROR(transaction->Commit());
  return result;
}

}  // namespace moorage::store
