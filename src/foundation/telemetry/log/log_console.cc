#include "foundation/telemetry/log/log_console.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <utility>

namespace moorage::telemetry {
namespace {

constexpr std::size_t kMostWaiting = 256U << 10U;
constexpr auto kPatience = std::chrono::milliseconds(200);

// A pipe that is writable takes so many bytes at once, so that no write waits. A socket may wait
// all the same, and is told not to.
ssize_t Put(int fd, std::string_view text) {
  const std::size_t size = std::min<std::size_t>(text.size(), PIPE_BUF);
  const ssize_t sent = ::send(fd, text.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 && errno == ENOTSOCK ? ::write(fd, text.data(), size) : sent;
}

}  // namespace

LogConsole::LogConsole(int fd) : fd_(fd), stop_(::eventfd(0, EFD_CLOEXEC)) {
  thread_ = std::thread([this] { Loop(); });
  ::pthread_setname_np(thread_.native_handle(), "moorage-console");
}

LogConsole::~LogConsole() {
  Flush();
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  (void)::eventfd_write(stop_, 1);
  thread_.join();
  ::close(stop_);
}

void LogConsole::Write(LogType type, std::string line) {
  const base::MutexLock lock(mutex_);
  if (waiting_bytes_ + line.size() > kMostWaiting) {
    ++dropped_[static_cast<std::size_t>(type)];
    return;
  }
  waiting_bytes_ += line.size();
  lines_.push_back(std::move(line));
  changed_.notify_one();
}

void LogConsole::Flush() {
  base::MutexLock lock(mutex_);
  (void)idle_.wait_for(lock.native(), kPatience,
                       [&]() REQUIRES(mutex_) { return lines_.empty() && !writing_; });
}

std::uint64_t LogConsole::dropped(LogType type) const {
  const base::MutexLock lock(mutex_);
  return dropped_[static_cast<std::size_t>(type)];
}

void LogConsole::Loop() {
  while (true) {
    std::string line;
    {
      base::MutexLock lock(mutex_);
      writing_ = false;
      if (lines_.empty()) idle_.notify_all();
      changed_.wait(lock.native(), [&]() REQUIRES(mutex_) { return stopping_ || !lines_.empty(); });
      if (stopping_) return;
      line = std::move(lines_.front());
      lines_.pop_front();
      waiting_bytes_ -= line.size();
      writing_ = true;
    }
    if (!WriteLine(line)) return;
  }
}

bool LogConsole::WaitUntilWritable() {
  std::array<pollfd, 2> waits = {{{fd_, POLLOUT, 0}, {stop_, POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) continue;
  return waits[1].revents == 0;
}

bool LogConsole::WriteLine(std::string_view line) {
  while (!line.empty()) {
    if (!WaitUntilWritable()) return false;
    const ssize_t count = Put(fd_, line);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return true;  // a console that is gone is no reason to stop
    line.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace moorage::telemetry
