// JSON for the precompiled headers, without the body of its literal "..."_json. That body is
// compiled into nothing, but it instantiates a parser in every file: 0.4 s of 0.7 s that an empty
// file takes. No file of ours uses the literal. The macro leaves its declaration and makes the body
// a template.
#pragma once

#define _json(text, size)   \
  _json(text, size);        \
  template <typename Never> \
  nlohmann::json ParseNever(Never s, std::size_t n)
#include <nlohmann/json.hpp>
#undef _json
