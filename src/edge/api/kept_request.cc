#include "edge/api/kept_request.h"

namespace moorage::api {

namespace {

std::size_t TextOf(const Request& request) {
  std::size_t size =
      request.method_text.size() + request.path.size() + request.query.size() + request.body.size();
  for (const Header& header : request.headers) size += header.name.size() + header.value.size();
  return size;
}

}  // namespace

std::size_t KeptRequest::BytesOf(const Request& request) {
  return TextOf(request) + request.headers.size() * sizeof(Header) + sizeof(KeptRequest);
}

KeptRequest::KeptRequest(const Request& request) {
  const std::size_t size = TextOf(request);
  // One reservation up front, so that no append moves the text under the views.
  text_.reserve(size);
  headers_.reserve(request.headers.size());
  const auto keep = [this](std::string_view text) {
    const std::size_t at = text_.size();
    text_.append(text);
    return std::string_view(text_).substr(at);
  };
  request_.method = request.method;
  request_.method_text = keep(request.method_text);
  request_.path = keep(request.path);
  request_.query = keep(request.query);
  for (const Header& header : request.headers) {
    const std::string_view name = keep(header.name);
    headers_.push_back({name, keep(header.value)});
  }
  request_.headers = headers_;
  request_.body = keep(request.body);
}

}  // namespace moorage::api
