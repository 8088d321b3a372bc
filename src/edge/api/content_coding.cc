#include "edge/api/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "foundation/base/ascii.h"

namespace moorage::api {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzipHeader = 16;  // added to the window bits, as zlib's manual says

// zlib reads text through a pointer to bytes that it does not change.
Bytef* BytesOf(std::string_view text) {
  return static_cast<Bytef*>(static_cast<void*>(const_cast<char*>(text.data())));
}

Bytef* BytesOf(std::span<char> room) {
  return static_cast<Bytef*>(static_cast<void*>(room.data()));
}

uInt Bounded(std::size_t bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

std::string_view TakeElement(std::string_view& list, char separator) {
  const std::size_t end = std::min(list.find(separator), list.size());
  const std::string_view element = base::TrimBlanks(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return element;
}

// "q=0", "q=0.0" and "q=0.000" refuse. Every other weight is above 0.
bool IsRefusal(std::string_view parameter) {
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') {
    return false;
  }
  return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

}  // namespace

std::optional<ContentCoding> ParseCoding(std::string_view name) {
  name = base::TrimBlanks(name);
  if (name.empty() || base::EqualsIgnoreCase(name, "identity")) return ContentCoding::kIdentity;
  if (base::EqualsIgnoreCase(name, "gzip") || base::EqualsIgnoreCase(name, "x-gzip")) {
    return ContentCoding::kGzip;
  }
  if (base::EqualsIgnoreCase(name, "deflate")) return ContentCoding::kDeflate;
  return std::nullopt;
}

bool AcceptsGzip(std::string_view accepted) {
  bool any = false;
  while (!accepted.empty()) {
    std::string_view element = TakeElement(accepted, ',');
    const std::string_view name = TakeElement(element, ';');
    const bool is_gzip =
        base::EqualsIgnoreCase(name, "gzip") || base::EqualsIgnoreCase(name, "x-gzip");
    if (!is_gzip && name != "*") continue;
    bool refused = false;
    while (!element.empty()) refused = IsRefusal(TakeElement(element, ';')) || refused;
    // What names gzip beats "*".
    if (is_gzip) return !refused;
    any = !refused;
  }
  return any;
}

struct Inflater::Stream {
  z_stream zlib{};
  bool is_ready = false;
  std::size_t taken = 0;
};

Inflater::Inflater(ContentCoding coding) : stream_(std::make_unique<Stream>()) {
  const int bits = coding == ContentCoding::kGzip ? kWindowBits + kGzipHeader : kWindowBits;
  stream_->is_ready = ::inflateInit2(&stream_->zlib, bits) == Z_OK;
}

Inflater::~Inflater() {
  if (stream_->is_ready) ::inflateEnd(&stream_->zlib);
}

Inflater::Step Inflater::Go(std::string_view body, std::size_t most, json::ByteBuffer& out) {
  if (!stream_->is_ready) return Step::kBroken;
  z_stream& zlib = stream_->zlib;
  const std::string_view rest = body.substr(stream_->taken);
  const std::span<char> room = out.Room(most).first(most);
  zlib.next_in = BytesOf(rest);
  zlib.avail_in = Bounded(rest.size());
  zlib.next_out = BytesOf(room);
  zlib.avail_out = Bounded(room.size());
  const int result = ::inflate(&zlib, Z_NO_FLUSH);
  stream_->taken = body.size() - (rest.size() - (Bounded(rest.size()) - zlib.avail_in));
  out.Commit(room.size() - zlib.avail_out);
  if (result == Z_STREAM_END) {
    return stream_->taken == body.size() ? Step::kDone : Step::kBroken;
  }
  // Z_BUF_ERROR means that nothing moved. With room left the body has ended too early.
  if (result != Z_OK && result != Z_BUF_ERROR) return Step::kBroken;
  return zlib.avail_out > 0 && stream_->taken == body.size() ? Step::kBroken : Step::kMore;
}

struct Deflater::Stream {
  z_stream zlib{};
  bool is_ready = false;

  Stream() {
    // Level 1 and 8 as the measure of memory, zlib's default.
    is_ready = ::deflateInit2(&zlib, Z_BEST_SPEED, Z_DEFLATED, kWindowBits + kGzipHeader, 8,
                              Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Stream() {
    if (is_ready) ::deflateEnd(&zlib);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

Deflater::Deflater() = default;
Deflater::~Deflater() = default;

std::optional<std::string_view> Deflater::Compress(std::string_view body) {
  if (stream_ == nullptr) stream_ = std::make_unique<Stream>();
  if (!stream_->is_ready || body.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
  z_stream& zlib = stream_->zlib;
  ::deflateReset(&zlib);
  out_.Clear();
  // Room for less than the body, so a body that does not shrink is found out by the end of it.
  const std::span<char> room = out_.Room(body.size()).first(body.size());
  zlib.next_in = BytesOf(body);
  zlib.avail_in = static_cast<uInt>(body.size());
  zlib.next_out = BytesOf(room);
  zlib.avail_out = static_cast<uInt>(room.size());
  if (::deflate(&zlib, Z_FINISH) != Z_STREAM_END) return std::nullopt;
  out_.Commit(room.size() - zlib.avail_out);
  return out_.view();
}

bool Deflater::Add(std::string_view piece, Piece kind, json::ByteBuffer& out) {
  if (stream_ == nullptr) stream_ = std::make_unique<Stream>();
  if (!stream_->is_ready) return false;
  z_stream& zlib = stream_->zlib;
  if (!std::exchange(in_pieces_, kind == Piece::kMore)) ::deflateReset(&zlib);
  zlib.next_in = BytesOf(piece);
  zlib.avail_in = Bounded(piece.size());
  const int flush = kind == Piece::kLast ? Z_FINISH : Z_NO_FLUSH;
  while (true) {
    const std::span<char> room = out.Room(kDelayed);
    zlib.next_out = BytesOf(room);
    zlib.avail_out = Bounded(room.size());
    const int result = ::deflate(&zlib, flush);
    out.Commit(Bounded(room.size()) - zlib.avail_out);
    if (result == Z_STREAM_END) return true;
    if (result != Z_OK && result != Z_BUF_ERROR) return false;
    // With room left it has taken the whole piece.
    if (kind == Piece::kMore && zlib.avail_out > 0) return true;
  }
}

}  // namespace moorage::api
