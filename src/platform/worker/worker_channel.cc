#include "platform/worker/worker_channel.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "foundation/base/units.h"

namespace moorage::worker {
namespace {

constexpr std::size_t kStep = 256U << 10U;

}  // namespace

base::Result<std::string> ReadInput(std::size_t max_bytes) {
  std::string input;
  std::size_t filled = 0;
  while (true) {
    if (filled == input.size()) input.resize(filled + std::max(kStep, filled / 2));
    const ssize_t count = ::read(STDIN_FILENO, input.data() + filled, input.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::Error{base::Code::kUnavailable, "read the input of a worker"};
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    if (filled > max_bytes) {
      return base::Error{base::Code::kExhausted,
                         "the input of a worker: more than " + base::FormatBytes(max_bytes)};
    }
  }
  input.resize(filled);
  return input;
}

base::Status WriteAnswer(std::string_view answer) {
  while (!answer.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, answer.data(), answer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::Error{base::Code::kCancelled, "the parent does not read"};
    answer.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace moorage::worker
