#pragma once

// The management API over a real registry, for tests.

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "control/management/local_management.h"
#include "control/push/model_files.h"
#include "control/testing/registry_fixture.h"

namespace moorage::management {

// A call of "ada".
inline model::ApiCall CallOf(const ManagementOperation& operation,
                             std::map<std::string, std::string> parameters = {},
                             json::Json body = nullptr) {
  model::ApiCall call = model::MakeCall(operation.row, std::move(parameters), std::move(body));
  call.actor = "ada";
  return call;
}

// The message of a refusal, which must be kInvalid. It is "accepted" if there is none.
template <typename T>
std::string ProblemOf(const base::Result<T>& result) {
  if (result.ok()) return "accepted";
  EXPECT_EQ(result.error().code, base::Code::kInvalid) << result.error().message;
  return result.error().message;
}

// The management API over the registry of a RegistryFixture, and short forms of the calls that
// tests make. Each call lets a second pass.
class ManagementFixture : public control::RegistryFixture {
 protected:
  using Query = std::map<std::string, std::string>;
  using Parameters = std::map<std::string, std::string>;
  using Reply = base::Result<model::ApiReply>;

  void SetUp() override {
    RegistryFixture::SetUp();
    management_ = std::make_unique<LocalManagement>(LocalManagement::Deps{.registry = *registry_,
                                                                          .backend = backend(),
                                                                          .prober = prober_,
                                                                          .clock = clock_,
                                                                          .random = random(),
                                                                          .program = kProgram});
  }
  void TearDown() override {
    management_.reset();
    RegistryFixture::TearDown();
  }

  Reply Call(const ManagementOperation& operation, Parameters parameters = {}, Query query = {},
             json::Json body = nullptr, std::vector<model::ApiPart> parts = {}) {
    clock_.Advance(std::chrono::seconds(1));
    model::ApiCall call = CallOf(operation, std::move(parameters), std::move(body));
    call.query = std::move(query);
    call.parts = std::move(parts);
    return management_->Handle(call);
  }

  static json::Json Rows(const std::string& text) {
    auto json = json::ParseJson(text);
    EXPECT_TRUE(json.ok()) << text;
    return json.ok() ? *std::move(json) : json::Json();
  }

  // The body of an answer that must be there.
  static json::Json Body(const Reply& reply) {
    EXPECT_TRUE(reply.ok()) << reply.error().message;
    return reply.ok() ? reply->body : json::Json();
  }

  std::vector<model::ApiPart> ExampleParts(const std::string& folder,
                                           const std::string& model = "model.onnx") {
    return control::ToParts(ExampleFiles(folder, model));
  }

  Reply Push(const std::string& name, std::vector<model::ApiPart> parts, Query query = {}) {
    return Call(kPush, {{"name", name}}, std::move(query), nullptr, std::move(parts));
  }
  Reply Validate(const std::string& name, const std::string& selector,
                 std::vector<model::ApiPart> parts, Query query) {
    return Call(kValidate, {{"name", name}, {"selector", selector}}, std::move(query), nullptr,
                std::move(parts));
  }
  Reply Promote(const std::string& name, const std::string& alias, json::Json body) {
    return Call(kPromote, {{"name", name}, {"alias", alias}}, {}, std::move(body));
  }
  Reply ShowModel(const std::string& name) { return Call(kShowModel, {{"name", name}}); }
  Reply ShowVersion(const std::string& name, const std::string& selector) {
    return Call(kShowVersion, {{"name", name}, {"selector", selector}});
  }
  Reply DeleteVersion(const std::string& name, const std::string& version, Query query = {}) {
    return Call(kDeleteVersion, {{"name", name}, {"selector", version}}, std::move(query));
  }

  std::unique_ptr<LocalManagement> management_;
};

}  // namespace moorage::management
