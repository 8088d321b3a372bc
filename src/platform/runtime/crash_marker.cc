#include "platform/runtime/crash_marker.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>

namespace moorage::runtime {
namespace {

constexpr std::size_t kMaxDigest = 128;

// A signal handler has no other way to it than a global.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
constinit std::atomic<int> marker_descriptor{-1};

}  // namespace

std::optional<model::Digest> ReadCrashMarker(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::array<char, kMaxDigest> text{};
  const ssize_t count = ::read(fd, text.data(), text.size());
  // Emptied and not removed, because another server may hold the file open.
  (void)!::ftruncate(fd, 0);
  ::close(fd);
  if (count <= 0) return std::nullopt;
  std::string_view written(text.data(), static_cast<std::size_t>(count));
  while (written.ends_with('\n')) written.remove_suffix(1);
  auto digest = model::ParseDigest(written);
  if (!digest.ok()) return std::nullopt;
  return *std::move(digest);
}

base::Status SetCrashMarker(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    return base::Error{base::Code::kUnavailable,
                       "open " + path + ": " + std::generic_category().message(errno)};
  }
  const int before = marker_descriptor.exchange(fd);
  if (before >= 0) ::close(before);
  return {};
}

void WriteCrashMarker(std::string_view digest) {
  const int fd = marker_descriptor.load(std::memory_order_relaxed);
  if (fd < 0 || digest.empty()) return;
  if (::pwrite(fd, digest.data(), digest.size(), 0) > 0) (void)::fsync(fd);
}

}  // namespace moorage::runtime
