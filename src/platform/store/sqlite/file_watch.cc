#include "platform/store/sqlite/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

namespace moorage::store {
namespace {

constexpr std::uint32_t kFileEvents = IN_MODIFY | IN_CLOSE_WRITE;
constexpr std::uint32_t kDirectoryEvents = IN_CREATE | IN_MOVED_TO;

// Rounds up for poll(), so that a wait does not end early.
int Milliseconds(base::Duration limit) {
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  return static_cast<int>(std::clamp<std::int64_t>(rounded, 0, std::numeric_limits<int>::max()));
}

}  // namespace

FileWatch::FileWatch(std::string directory, std::vector<std::string> names, Looks looks)
    : directory_(std::move(directory)),
      names_(std::move(names)),
      looks_(looks),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      changes_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  WatchFiles();
}

FileWatch::~FileWatch() {
  if (changes_ >= 0) ::close(changes_);
  if (wake_ >= 0) ::close(wake_);
}

// Debounces. A change is answered after the first pause, with all that came meanwhile. Each later
// call returns after the next pause, until all looks are taken or another change begins anew.
FileWatch::Reason FileWatch::Wait(base::Duration limit) {
  if (directory_watch_ < 0) WatchFiles();
  // A look that is due beyond the limit waits for a later call.
  const bool is_settling = next_look_ < looks_.size();
  const bool looks_first = is_settling && looks_[next_look_] <= limit;
  switch (Poll(looks_first ? base::Duration(looks_[next_look_]) : limit, changes_)) {
    case Seen::kWake:
      return Reason::kWoken;
    case Seen::kNothing:
      if (!looks_first) return Reason::kLimit;
      ++next_look_;
      return Reason::kChanged;
    case Seen::kChange:
      break;
  }
  // A transaction is many writes. What comes during the first pause is the same change.
  TakeChanges();
  next_look_ = 0;
  if (Poll(looks_[0], -1) == Seen::kWake) return Reason::kWoken;
  TakeChanges();
  next_look_ = 1;
  return Reason::kChanged;
}

void FileWatch::Wake() {
  const std::uint64_t one = 1;
  // Can only fail where the counter is full, and then the watch is woken already.
  [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof(one));
}

FileWatch::Seen FileWatch::Poll(base::Duration limit, int changes) {
  std::array<pollfd, 2> waiting = {pollfd{.fd = wake_, .events = POLLIN, .revents = 0},
                                   pollfd{.fd = changes, .events = POLLIN, .revents = 0}};
  // A descriptor of -1 is passed over. A signal ends the wait early, which the caller allows for.
  if (::poll(waiting.data(), waiting.size(), Milliseconds(limit)) <= 0) return Seen::kNothing;
  // A wake-up wins over a change, which the next wait still finds. Reading resets the counter, so
  // many wake-ups end one wait.
  std::uint64_t wakes = 0;
  if (::read(wake_, &wakes, sizeof(wakes)) == sizeof(wakes)) return Seen::kWake;
  return waiting[1].revents != 0 ? Seen::kChange : Seen::kNothing;
}

// Reads all events. Of their content only a file that was created or replaced matters, because it
// needs a watch of its own.
void FileWatch::TakeChanges() {
  if (changes_ < 0) return;
  bool has_new_file = false;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(changes_, buffer.data(), buffer.size());
    if (size <= 0) break;
    const auto end = static_cast<std::size_t>(size);
    for (std::size_t at = 0; at + sizeof(inotify_event) <= end;) {
      // Copies, because a buffer of characters has no alignment.
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      // With IN_IGNORED the kernel drops the watch of a file that is gone.
      const bool is_ignored = (event.mask & IN_IGNORED) != 0;
      if (is_ignored && event.wd == directory_watch_) directory_watch_ = -1;
      has_new_file = has_new_file || is_ignored || event.wd == directory_watch_;
      at += sizeof(event) + event.len;
    }
  }
  if (has_new_file) WatchFiles();
}

// The same file again gives the same watch, so nothing is watched twice.
void FileWatch::WatchFiles() {
  if (changes_ < 0) return;
  directory_watch_ = ::inotify_add_watch(changes_, directory_.c_str(), kDirectoryEvents);
  for (const std::string& name : names_) {
    // Fails for a file that does not exist yet. Its creation is an event of the directory.
    ::inotify_add_watch(changes_, (directory_ + "/" + name).c_str(), kFileEvents);
  }
}

}  // namespace moorage::store
