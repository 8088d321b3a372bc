#pragma once

// A watch on a few files of one directory, by inotify. It also notices a file that is created or
// replaced. Where inotify is missing (some network file systems) only the limit of Wait() ends it,
// so a caller asks again at every limit.
//
// SQLite writes the log first and makes the transaction visible later, through shared memory that
// inotify cannot see. So a wait that follows a change ends early three times, with growing pauses,
// and the caller finds the transaction at one of them.
//
// One thread waits, any thread wakes.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "foundation/base/change_watch.h"

namespace moorage::store {

class FileWatch : public base::ChangeWatch {
 public:
  // The pauses between a change and the moments when the caller looks, one after the other.
  using Looks = std::array<std::chrono::milliseconds, 3>;
  static constexpr Looks kLooks = {std::chrono::milliseconds(20), std::chrono::milliseconds(80),
                                   std::chrono::milliseconds(250)};

  // The names are of files in `directory`, which need not exist yet.
  FileWatch(std::string directory, std::vector<std::string> names, Looks looks = kLooks);
  ~FileWatch() override;
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  Reason Wait(base::Duration limit) override;
  void Wake() override;

 private:
  enum class Seen : std::uint8_t { kNothing, kWake, kChange };

  // Waits for a wake-up, and for a change if `changes` is the descriptor of inotify.
  Seen Poll(base::Duration limit, int changes);
  void TakeChanges();
  void WatchFiles();

  const std::string directory_;
  const std::vector<std::string> names_;
  const Looks looks_;
  int wake_ = -1;     // eventfd
  int changes_ = -1;  // inotify, -1 where there is none
  int directory_watch_ = -1;
  std::size_t next_look_ = std::tuple_size_v<Looks>;  // index in looks_, its size when none is due
};

}  // namespace moorage::store
