#include "foundation/telemetry/log/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace moorage::telemetry {
namespace {

using base::Code;
using base::Error;
using base::Status;

constexpr auto kRetry = std::chrono::seconds(1);
// How often the name of the file is compared with what is open.
constexpr auto kCheckPlace = std::chrono::seconds(1);
constexpr mode_t kMode = 0666;  // less what the umask takes

// "logs/moorage.log" and 2 are "logs/moorage.2.log".
std::string ClosedName(const std::string& path, std::size_t number) {
  const std::filesystem::path whole(path);
  const std::filesystem::path name =
      whole.stem().string() + "." + std::to_string(number) + whole.extension().string();
  return (whole.parent_path() / name).string();
}

// Returns true if the file ends in the middle of a line, as after the end of a process.
bool EndsTorn(const std::string& path, std::uint64_t length) {
  if (length == 0) return false;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char last = '\n';
  (void)!::pread(fd, &last, 1, static_cast<off_t>(length - 1));
  ::close(fd);
  return last != '\n';
}

}  // namespace

LogFile::LogFile(std::string path, std::uint64_t max_size, std::size_t keep,
                 const base::Clock& clock)
    : path_(std::move(path)), max_size_(max_size), keep_(keep), clock_(clock) {}

LogFile::~LogFile() {
  (void)Flush();
  Close();
}

void LogFile::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Status LogFile::Fail(int error) {
  Close();
  buffer_.clear();
  retry_after_ = clock_.Monotonic() + kRetry;
  return Error{Code::kUnavailable, "the log file " + path_ + " cannot be written: " +
                                       std::generic_category().message(error)};
}

std::optional<std::uint64_t> LogFile::Length() const {
  struct stat status{};
  if (fd_ < 0 || ::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

Status LogFile::Open() {
  std::error_code ignored;  // the file itself has the better reason
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
  // Without O_NONBLOCK a pipe that no process reads would hold this thread.
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, kMode);
  if (fd_ < 0) return Fail(errno);
  size_ = Length().value_or(0);
  checked_at_ = clock_.Monotonic();
  retry_after_.reset();
  if (EndsTorn(path_, size_)) buffer_.insert(buffer_.begin(), '\n');
  return {};
}

Status LogFile::Write(std::string_view line) {
  if (fd_ < 0) {
    // Opens at most once a second. While the disk refuses, each record would cost a failing call.
    if (retry_after_ && clock_.Monotonic() < *retry_after_) {
      return Error{Code::kUnavailable, "the log file " + path_ + " cannot be written"};
    }
    RETURN_IF_ERROR(Open());
  }
  const std::uint64_t present = size_ + buffer_.size();
  if (present > 0 && present + line.size() + 1 > max_size_ && Length()) {
    RETURN_IF_ERROR(WriteBuffer());
    Rotate();
    RETURN_IF_ERROR(Open());
  }
  buffer_.append(line);
  buffer_ += '\n';
  return {};
}

Status LogFile::Flush() {
  if (buffer_.empty()) return {};
  CheckPlace();
  if (fd_ < 0) RETURN_IF_ERROR(Open());
  return WriteBuffer();
}

Status LogFile::WriteBuffer() {
  const std::optional<std::uint64_t> before = Length();
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t count = ::write(fd_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = count == 0 ? ENOSPC : errno;
      const std::uint64_t written = buffer_.size() - left.size();
      // Takes back what stands there of these lines, unless another process has written since.
      if (before && written > 0 && Length() == *before + written) {
        (void)!::ftruncate(fd_, static_cast<off_t>(*before));
      }
      return Fail(error);
    }
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  size_ = before ? *before + buffer_.size() : 0;
  buffer_.clear();
  return {};
}

void LogFile::Rotate() {
  Close();
  std::error_code ignored;  // what cannot be renamed is written on
  if (keep_ == 0) {
    std::filesystem::remove(path_, ignored);
    return;
  }
  for (std::size_t number = keep_; number > 1; --number) {
    std::filesystem::rename(ClosedName(path_, number - 1), ClosedName(path_, number), ignored);
  }
  std::filesystem::rename(path_, ClosedName(path_, 1), ignored);
}

// Lines that are written to a removed file are lost without an error.
void LogFile::CheckPlace() {
  if (fd_ < 0 || clock_.Monotonic() - checked_at_ < kCheckPlace) return;
  checked_at_ = clock_.Monotonic();
  struct stat open_file{};
  struct stat named_file{};
  if (::fstat(fd_, &open_file) != 0) return;
  if (::stat(path_.c_str(), &named_file) == 0 && named_file.st_ino == open_file.st_ino &&
      named_file.st_dev == open_file.st_dev) {
    return;
  }
  Close();
  replaced_ = true;
}

bool LogFile::TakeReplaced() { return std::exchange(replaced_, false); }

Status LogFile::Reopen() {
  const Status flushed = Flush();
  Close();
  RETURN_IF_ERROR(Open());
  return flushed;
}

}  // namespace moorage::telemetry
