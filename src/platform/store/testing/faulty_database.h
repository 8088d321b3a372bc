#pragma once

// A Database whose n-th operation fails. Every Begin(), script, first Step() of a statement and
// Commit() is one operation, and so is the moment after a Commit() that succeeded. Failing there
// stands for an answer that was lost. Counted from 0. Safe to share between threads.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "foundation/base/mutex.h"
#include "platform/store/database.h"

namespace moorage::store {

class FaultyDatabase : public Database {
 public:
  explicit FaultyDatabase(Database& database) : database_(database) {}

  // Operation `n` returns `error` instead. After a commit it does so although it was committed.
  void FailAt(std::size_t n, base::Error error) {
    const base::MutexLock lock(mu_);
    fail_at_ = n;
    failure_ = std::move(error);
  }
  // Called with the number of each operation before it happens.
  void BeforeEach(std::function<void(std::size_t)> observer) {
    const base::MutexLock lock(mu_);
    observer_ = std::move(observer);
  }
  // Stops the faults and counts from 0 again.
  void Recover() {
    const base::MutexLock lock(mu_);
    operations_ = 0;
    fail_at_.reset();
  }
  std::size_t operations() const {
    const base::MutexLock lock(mu_);
    return operations_;
  }

  base::Result<std::unique_ptr<Transaction>> Begin(Access access) override {
    RETURN_IF_ERROR(Operation());
    ASSIGN_OR_RETURN(auto transaction, database_.Begin(access));
    return std::make_unique<FaultyTransaction>(*this, std::move(transaction));
  }

  std::unique_ptr<base::ChangeWatch> WatchChanges() override { return database_.WatchChanges(); }
  base::Status CheckIntegrity() override { return database_.CheckIntegrity(); }

 private:
  class FaultyStatement : public Statement {
   public:
    FaultyStatement(FaultyDatabase& owner, std::unique_ptr<Statement> statement)
        : owner_(owner), statement_(std::move(statement)) {}

    void BindNull(int parameter) override { statement_->BindNull(parameter); }
    void BindInteger(int parameter, std::int64_t value) override {
      statement_->BindInteger(parameter, value);
    }
    void BindReal(int parameter, double value) override { statement_->BindReal(parameter, value); }
    void BindText(int parameter, std::string_view value) override {
      statement_->BindText(parameter, value);
    }
    base::Result<bool> Step() override {
      if (!std::exchange(started_, true)) RETURN_IF_ERROR(owner_.Operation());
      return statement_->Step();
    }
    base::Result<std::int64_t> Execute() override {
      RETURN_IF_ERROR(owner_.Operation());
      return statement_->Execute();
    }
    void Reset() override {
      started_ = false;
      statement_->Reset();
    }
    bool IsNull(int column) const override { return statement_->IsNull(column); }
    std::int64_t Integer(int column) const override { return statement_->Integer(column); }
    double Real(int column) const override { return statement_->Real(column); }
    std::string_view Text(int column) const override { return statement_->Text(column); }

   private:
    FaultyDatabase& owner_;
    const std::unique_ptr<Statement> statement_;
    bool started_ = false;
  };

  class FaultyTransaction : public Transaction {
   public:
    FaultyTransaction(FaultyDatabase& owner, std::unique_ptr<Transaction> transaction)
        : owner_(owner), transaction_(std::move(transaction)) {}

    base::Result<std::unique_ptr<Statement>> Prepare(std::string_view sql) override {
      ASSIGN_OR_RETURN(auto statement, transaction_->Prepare(sql));
      return std::make_unique<FaultyStatement>(owner_, std::move(statement));
    }
    base::Status ExecuteScript(std::string_view sql) override {
      RETURN_IF_ERROR(owner_.Operation());
      return transaction_->ExecuteScript(sql);
    }
    base::Status Commit() override {
      RETURN_IF_ERROR(owner_.Operation());
      RETURN_IF_ERROR(transaction_->Commit());
      return owner_.Operation();
    }

   private:
    FaultyDatabase& owner_;
    const std::unique_ptr<Transaction> transaction_;
  };

  base::Status Operation() {
    const base::MutexLock lock(mu_);
    const std::size_t number = operations_++;
    if (observer_) observer_(number);
    if (fail_at_ == number) return failure_;
    return {};
  }

  Database& database_;
  mutable base::Mutex mu_;
  std::size_t operations_ GUARDED_BY(mu_) = 0;
  std::optional<std::size_t> fail_at_ GUARDED_BY(mu_);
  base::Error failure_ GUARDED_BY(mu_);
  std::function<void(std::size_t)> observer_ GUARDED_BY(mu_);
};

}  // namespace moorage::store
