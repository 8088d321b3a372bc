#include "edge/api/status_map.h"

namespace moorage::api {
namespace {

struct Row {
  int http;
  int grpc;
};

constexpr Row Find(base::Code code) {
  switch (code) {
    case base::Code::kInvalid:
      return {400, 3};
    case base::Code::kUnauthenticated:
      return {401, 16};
    case base::Code::kDenied:
      return {403, 7};
    case base::Code::kNotFound:
      return {404, 5};
    case base::Code::kConflict:
      return {409, 10};
    case base::Code::kExhausted:
      return {429, 8};
    case base::Code::kStorageFull:
      return {507, 8};
    case base::Code::kCancelled:
      return {499, 1};
    case base::Code::kInternal:
      return {500, 13};
    case base::Code::kCorrupt:
      return {500, 15};
    case base::Code::kUnsupported:
      return {501, 12};
    case base::Code::kUnavailable:
      return {503, 14};
    case base::Code::kDeadline:
      return {504, 4};
  }
  return {500, 13};
}

}  // namespace

int HttpStatus(base::Code code) { return Find(code).http; }
int GrpcStatus(base::Code code) { return Find(code).grpc; }

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

std::string_view CodeOfFraming(int status) {
  switch (status) {
    case 404:
      return Name(base::Code::kNotFound);
    case 408:
      return Name(base::Code::kDeadline);
    case 429:
      return Name(base::Code::kExhausted);
    case 503:
      return Name(base::Code::kUnavailable);
    case 501:
    case 505:
      return Name(base::Code::kUnsupported);
    default:
      return Name(base::Code::kInvalid);
  }
}

}  // namespace moorage::api
