#pragma once

// A file system in memory that fails, or loses power, at a chosen operation. For one thread.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foundation/base/file_system.h"
#include "foundation/base/mutex.h"

namespace moorage::base {

// What is left on the disk after a crash.
enum class PowerLoss {
  kKeepsEverything,  // the process ended, the machine did not
  kDropsUnsynced,    // bytes and directory entries that were not synced are gone
  kTearsData,        // directory entries are there, of unsynced bytes only the first half
};

// A FileSystem whose n-th operation fails, or is where the power goes. Every call of the interface
// and of its open files is one operation, counted from 0. After a crash every operation fails until
// Recover(), which stands for the next start of the machine. Header-only, so that the tests of
// every room can use it. Safe to share between threads.
class FaultyFileSystem : public FileSystem {
 public:
  explicit FaultyFileSystem(FileSystem& files) : files_(files) {}

  // Operation `n` does nothing and returns `error`. Later operations work again.
  void FailAt(std::size_t n, Error error) {
    const MutexLock lock(mu_);
    fail_at_ = n;
    failure_ = std::move(error);
  }

  // Operation `n` is cut short, and `loss` decides what the disk keeps.
  void CrashAt(std::size_t n, PowerLoss loss) {
    const MutexLock lock(mu_);
    crash_at_ = n;
    loss_ = loss;
  }

  // Called with the number of each operation before it happens.
  void BeforeEach(std::function<void(std::size_t)> observer) {
    const MutexLock lock(mu_);
    observer_ = std::move(observer);
  }

  // Ends all faults, makes what is on the disk durable, and counts from 0 again.
  void Recover() {
    const MutexLock lock(mu_);
    operations_ = 0;
    crashed_ = false;
    crash_at_.reset();
    fail_at_.reset();
    entries_.clear();
    data_.clear();
  }

  std::size_t operations() const {
    const MutexLock lock(mu_);
    return operations_;
  }
  bool crashed() const {
    const MutexLock lock(mu_);
    return crashed_;
  }

  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> file, files_.Create(path));
    entries_.push_back({.kind = Entry::Kind::kCreated, .path = path});
    data_[path] = std::make_shared<Extent>();
    return std::make_unique<File>(*this, std::move(file), data_[path]);
  }

  Result<std::string> Read(const std::string& path, std::uint64_t limit) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    return files_.Read(path, limit);
  }

  Status Rename(const std::string& from, const std::string& to) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    Entry entry{.kind = Entry::Kind::kRenamed, .path = to, .from = from, .old = Content(to)};
    RETURN_IF_ERROR(files_.Rename(from, to));
    entries_.push_back(std::move(entry));
    if (auto node = data_.extract(from)) {
      data_.erase(to);
      node.key() = to;
      data_.insert(std::move(node));
    }
    return {};
  }

  Status Remove(const std::string& path) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    Entry entry{.kind = Entry::Kind::kRemoved, .path = path, .old = Content(path)};
    RETURN_IF_ERROR(files_.Remove(path));
    if (entry.old) entries_.push_back(std::move(entry));
    data_.erase(path);
    return {};
  }

  Status CreateDirectories(const std::string& path) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    std::vector<Entry> missing;
    for (std::string part = path; !part.empty() && !files_.Stat(part).ok(); part = Parent(part)) {
      missing.push_back({.kind = Entry::Kind::kDirectory, .path = part});
    }
    RETURN_IF_ERROR(files_.CreateDirectories(path));
    entries_.insert(entries_.end(), missing.rbegin(), missing.rend());
    return {};
  }

  Status SyncDirectory(const std::string& path) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    RETURN_IF_ERROR(files_.SyncDirectory(path));
    std::erase_if(entries_, [&](const Entry& entry) { return Parent(entry.path) == path; });
    return {};
  }

  Result<std::vector<FileInfo>> List(const std::string& path) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    return files_.List(path);
  }

  Result<FileInfo> Stat(const std::string& path) override {
    const MutexLock lock(mu_);
    RETURN_IF_ERROR(Operation());
    return files_.Stat(path);
  }

 private:
  // A change of a directory that its SyncDirectory() has not yet confirmed.
  struct Entry {
    enum class Kind { kCreated, kRenamed, kRemoved, kDirectory };
    Kind kind;
    std::string path = {};
    std::string from = {};                // kRenamed
    std::optional<std::string> old = {};  // what the path held before
  };

  // How much of a file was written, and how much of that is durable.
  struct Extent {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };

  class File : public WritableFile {
   public:
    File(FaultyFileSystem& owner, std::unique_ptr<WritableFile> file,
         std::shared_ptr<Extent> extent)
        : owner_(owner), file_(std::move(file)), extent_(std::move(extent)) {}

    Status Append(std::span<const std::byte> bytes) override {
      const MutexLock lock(owner_.mu_);
      const Status allowed = owner_.Operation([&] {
        // The crash hits in the middle of the write.
        if (file_->Append(bytes.first(bytes.size() / 2)).ok()) extent_->written += bytes.size() / 2;
      });
      if (!allowed.ok()) return allowed;
      RETURN_IF_ERROR(file_->Append(bytes));
      extent_->written += bytes.size();
      return {};
    }

    Status Sync() override {
      const MutexLock lock(owner_.mu_);
      RETURN_IF_ERROR(owner_.Operation());
      RETURN_IF_ERROR(file_->Sync());
      extent_->synced = extent_->written;
      return {};
    }

    Status MakeReadOnly() override {
      const MutexLock lock(owner_.mu_);
      RETURN_IF_ERROR(owner_.Operation());
      return file_->MakeReadOnly();
    }

   private:
    FaultyFileSystem& owner_;
    const std::unique_ptr<WritableFile> file_;
    const std::shared_ptr<Extent> extent_;
  };

  static std::string Parent(const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
  }

  Status Operation() REQUIRES(mu_) {
    return Operation([] {});
  }

  // Decides what happens to the next operation. `partly` is the part that a crash lets happen.
  template <typename Partly>
  Status Operation(Partly partly) REQUIRES(mu_) {
    const std::size_t number = operations_++;
    if (observer_) observer_(number);
    if (!crashed_ && crash_at_ == number) {
      partly();
      crashed_ = true;
      LosePower();
    }
    if (crashed_) return Error{Code::kUnavailable, "the machine has crashed"};
    if (fail_at_ == number) return failure_;
    return {};
  }

  std::optional<std::string> Content(const std::string& path) REQUIRES(mu_) {
    Result<std::string> bytes = files_.Read(path, std::uint64_t{1} << 32);
    if (!bytes.ok()) return std::nullopt;
    return *std::move(bytes);
  }

  void Write(const std::string& path, std::string_view bytes) REQUIRES(mu_) {
    (void)files_.Remove(path);
    if (auto file = files_.Create(path); file.ok()) {
      (void)(*file)->Append(std::as_bytes(std::span(bytes)));
    }
  }

  void RemoveTree(const std::string& path) REQUIRES(mu_) {
    if (const auto children = files_.List(path); children.ok()) {
      for (const FileInfo& child : *children) RemoveTree(path + "/" + child.name);
    }
    (void)files_.Remove(path);
  }

  void LosePower() REQUIRES(mu_) {
    if (loss_ == PowerLoss::kKeepsEverything) return;
    for (const auto& [path, extent] : data_) {
      if (extent->synced == extent->written) continue;
      const std::optional<std::string> bytes = Content(path);
      if (!bytes) continue;
      const std::uint64_t torn = (extent->written - extent->synced) / 2;
      const std::uint64_t kept =
          extent->synced + (loss_ == PowerLoss::kTearsData ? torn : std::uint64_t{0});
      Write(path, std::string_view(*bytes).substr(0, kept));
    }
    if (loss_ == PowerLoss::kTearsData) return;
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) Undo(*entry);
  }

  void Undo(const Entry& entry) REQUIRES(mu_) {
    switch (entry.kind) {
      case Entry::Kind::kCreated:
        (void)files_.Remove(entry.path);
        break;
      case Entry::Kind::kRenamed:
        (void)files_.Rename(entry.path, entry.from);
        if (entry.old) Write(entry.path, *entry.old);
        break;
      case Entry::Kind::kRemoved:
        Write(entry.path, *entry.old);
        break;
      case Entry::Kind::kDirectory:
        RemoveTree(entry.path);
        break;
    }
  }

  FileSystem& files_;

  mutable Mutex mu_;
  std::size_t operations_ GUARDED_BY(mu_) = 0;
  std::optional<std::size_t> fail_at_ GUARDED_BY(mu_);
  Error failure_ GUARDED_BY(mu_);
  std::optional<std::size_t> crash_at_ GUARDED_BY(mu_);
  PowerLoss loss_ GUARDED_BY(mu_) = PowerLoss::kKeepsEverything;
  bool crashed_ GUARDED_BY(mu_) = false;
  std::function<void(std::size_t)> observer_ GUARDED_BY(mu_);
  std::vector<Entry> entries_ GUARDED_BY(mu_);
  std::map<std::string, std::shared_ptr<Extent>> data_ GUARDED_BY(mu_);
};

}  // namespace moorage::base
