#include "platform/config/config.h"

#include <gtest/gtest.h>

#include <chrono>

#include "platform/config/config_keys.h"

namespace moorage::config {
namespace {

using base::Code;
using Environment = std::map<std::string, std::string>;

base::Result<LoadedConfig> Load(std::string_view yaml, const Environment& environment = {}) {
  return LoadConfig(yaml, "moorage.yaml", environment);
}

TEST(Config, DefaultsAreAUsableConfiguration) {
  const auto loaded = Load("");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(Format(loaded->config.server.listen), "127.0.0.1:8000");
  EXPECT_EQ(loaded->config.registry.database, "sqlite:./moorage-data/moorage.db");
  EXPECT_EQ(loaded->config.serving.aliases.size(), 2U);
  EXPECT_FALSE(loaded->config.serving.default_model.has_value());
  for (const ConfigKey& key : ConfigKeys()) {
    EXPECT_EQ(loaded->origins.at(std::string(key.name)).source, "default") << key.name;
  }
}

TEST(Config, ReadsEveryKeyOfTheFile) {
  const auto loaded = Load(R"(
server:
  listen: 0.0.0.0:9000
  metrics_listen: "[::1]:9100"
  max_body: 8MiB
  drain: 250ms
  threads: 3
registry: {database: "sqlite:/data/m.db", blobs: "file:/data/blobs"}
serving:
  default_model: cancer@1.2.0
  aliases: [production, canary]
  batch_size: 8
  timeout: 2s
  max_concurrent_requests: 7
  keep_previous: 0
auth: {mode: none}
logging:
  level: warning
  console: json
  file: ""
  max_size: 1MiB
  keep: 2
  predictions: {sample: 0.25, payload: full, max_per_second: 0}
)");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const Config& config = loaded->config;
  EXPECT_EQ(config.server.listen, (Endpoint{"0.0.0.0", 9000}));
  EXPECT_EQ(config.server.metrics_listen, (Endpoint{"::1", 9100}));
  EXPECT_EQ(config.server.max_body, 8U << 20);
  EXPECT_EQ(config.server.drain, std::chrono::milliseconds(250));
  EXPECT_EQ(config.server.threads, 3U);
  EXPECT_EQ(config.registry.database, "sqlite:/data/m.db");
  EXPECT_EQ(config.registry.blobs, "file:/data/blobs");
  EXPECT_EQ(model::Format(*config.serving.default_model), "cancer@1.2.0");
  EXPECT_EQ(config.serving.aliases[1].value(), "canary");
  EXPECT_EQ(config.serving.batch_size, 8U);
  EXPECT_EQ(config.serving.timeout, std::chrono::seconds(2));
  EXPECT_EQ(config.serving.max_concurrent_requests, 7U);
  EXPECT_EQ(config.serving.keep_previous, 0U);
  EXPECT_EQ(config.logging.level, LogLevel::kWarning);
  EXPECT_EQ(config.logging.console, "json");
  EXPECT_EQ(config.logging.file, "");
  EXPECT_EQ(config.logging.max_size, 1U << 20);
  EXPECT_EQ(config.logging.keep, 2U);
  EXPECT_EQ(config.logging.predictions.sample, 0.25);
  EXPECT_EQ(config.logging.predictions.payload, PayloadPolicy::kFull);
  EXPECT_EQ(config.logging.predictions.max_per_second, 0U);
  EXPECT_EQ(loaded->origins.at("server.drain").source, "moorage.yaml:6");
}

TEST(Config, ItsJsonFormIsReadBackUnchanged) {
  const auto loaded =
      Load("{server: {drain: 1500ms, listen: \"[::]:80\"}, serving: {aliases: [x]}}");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const json::Json json = ToJson(loaded->config);
  const auto again = Load(json::ToPrettyText(json));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(ToJson(again->config), json);
  EXPECT_EQ(json["server"]["drain"], "1500ms");
  EXPECT_EQ(json["serving"]["default_model"], nullptr);
}

TEST(Config, EmptySectionsMeanTheirDefaults) {
  EXPECT_TRUE(Load("server:\nlogging:\n  predictions:\n").ok());
  EXPECT_TRUE(Load("# nothing\n").ok());
  EXPECT_TRUE(Load("---\n...\n").ok());
}

struct BadFile {
  const char* yaml;
  const char* path;
  const char* problem;
};

class BadFiles : public testing::TestWithParam<BadFile> {};

TEST_P(BadFiles, AreRefusedWithPlaceKeyAndWhatIsAllowed) {
  const auto loaded = Load(GetParam().yaml);
  ASSERT_FALSE(loaded.ok());
  const base::Error& error = loaded.error();
  EXPECT_EQ(error.code, Code::kInvalid);
  ASSERT_EQ(error.details.size(), 1U) << error.message;
  EXPECT_EQ(error.details[0].path, GetParam().path);
  EXPECT_EQ(error.details[0].problem, GetParam().problem);
  EXPECT_EQ(error.message, error.details[0].path + ": " + error.details[0].problem);
}

constexpr const char* kEndpoint =
    "must be host:port, for instance 127.0.0.1:8000 or \"[::1]:8000\", with a port from 0 (the "
    "system chooses) to 65535; got ";
const std::string kEndpointNothing = kEndpoint + std::string("nothing");
const std::string kEndpointPort = kEndpoint + std::string("8000");
const std::string kEndpointWord = kEndpoint + std::string("'localhost'");
const std::string kEndpointBig = kEndpoint + std::string("'127.0.0.1:65536'");
const std::string kEndpointOctet = kEndpoint + std::string("'127.0.0.256:1'");
const std::string kEndpointList = kEndpoint + std::string("[\"a\"]");

INSTANTIATE_TEST_SUITE_P(
    Values, BadFiles,
    testing::Values(
        BadFile{"server:\n  listen:\n", "moorage.yaml:2: server.listen", kEndpointNothing.c_str()},
        BadFile{"server:\n  listen: 8000\n", "moorage.yaml:2: server.listen",
                kEndpointPort.c_str()},
        BadFile{"server: {listen: localhost}", "moorage.yaml:1: server.listen",
                kEndpointWord.c_str()},
        BadFile{"server: {listen: 127.0.0.1:65536}", "moorage.yaml:1: server.listen",
                kEndpointBig.c_str()},
        BadFile{"server: {listen: 127.0.0.256:1}", "moorage.yaml:1: server.listen",
                kEndpointOctet.c_str()},
        BadFile{"server: {listen: [a]}", "moorage.yaml:1: server.listen", kEndpointList.c_str()},
        BadFile{"server: {drain: 0}", "moorage.yaml:1: server.drain",
                "must be a duration from 1ms to 1h, for instance 10s; got 0"},
        BadFile{"server: {drain: 0s}", "moorage.yaml:1: server.drain",
                "must be a duration from 1ms to 1h, for instance 10s; got '0s'"},
        BadFile{"server: {drain: 2h}", "moorage.yaml:1: server.drain",
                "must be a duration from 1ms to 1h, for instance 10s; got '2h'"},
        BadFile{"server: {max_body: -1}", "moorage.yaml:1: server.max_body",
                "must be a size from 1KiB to 16GiB, for instance 64MiB; got -1"},
        BadFile{"server: {max_body: 64 MiB}", "moorage.yaml:1: server.max_body",
                "must be a size from 1KiB to 16GiB, for instance 64MiB; got '64 MiB'"},
        BadFile{"server: {threads: 1.5}", "moorage.yaml:1: server.threads",
                "must be a whole number from 0 to 1024; got 1.5"},
        BadFile{"server: {threads: '2'}", "moorage.yaml:1: server.threads",
                "must be a whole number from 0 to 1024; got '2'"},
        BadFile{"server: {threads: 18446744073709551615}", "moorage.yaml:1: server.threads",
                "must be a whole number from 0 to 1024; got 18446744073709551615"},
        BadFile{
            "registry: {database: ./moorage.db}", "moorage.yaml:1: registry.database",
            "must be sqlite:PATH, for instance sqlite:./moorage-data/moorage.db, without ~; got "
            "'./moorage.db'"},
        BadFile{
            "registry: {database: 'sqlite:'}", "moorage.yaml:1: registry.database",
            "must be sqlite:PATH, for instance sqlite:./moorage-data/moorage.db, without ~; got "
            "'sqlite:'"},
        BadFile{"registry: {database: postgresql://u:secret@db/m}",
                "moorage.yaml:1: registry.database",
                "'postgresql://' is not built into this version; only 'sqlite:PATH' is"},
        BadFile{"registry: {database: 'postgres:host=db password=secret'}",
                "moorage.yaml:1: registry.database",
                "'postgres:host=...' is not built into this version; only 'sqlite:PATH' is"},
        BadFile{
            "registry: {database: mysql://u:secret@db/m}", "moorage.yaml:1: registry.database",
            "must be sqlite:PATH, for instance sqlite:./moorage-data/moorage.db, without ~; got "
            "'mysql://'"},
        BadFile{"registry: {blobs: s3://bucket/prefix}", "moorage.yaml:1: registry.blobs",
                "'s3://' is not built into this version; only 'file:PATH' is"},
        BadFile{"serving: {default_model: a b}", "moorage.yaml:1: serving.default_model",
                "must be a model reference, for instance cancer@production or cancer@1.2.0, or "
                "empty; got 'a b'"},
        BadFile{"serving: {aliases: []}", "moorage.yaml:1: serving.aliases",
                "must be a list of 1 to 64 different aliases, each of a-z, 0-9, _ and -, the first "
                "a letter; got []"},
        BadFile{"serving: {aliases: [a, a]}", "moorage.yaml:1: serving.aliases",
                "must be a list of 1 to 64 different aliases, each of a-z, 0-9, _ and -, the first "
                "a letter; got [\"a\",\"a\"]"},
        BadFile{"serving: {batch_size: 0}", "moorage.yaml:1: serving.batch_size",
                "must be a whole number from 1 to 4096; got 0"},
        BadFile{"serving: {batch_size: many}", "moorage.yaml:1: serving.batch_size",
                "must be a whole number from 1 to 4096; got 'many'"},
        BadFile{"serving: {timeout: 30}", "moorage.yaml:1: serving.timeout",
                "must be a duration from 1ms to 1h, for instance 30s; got 30"},
        BadFile{"serving: {max_concurrent_requests: 0}",
                "moorage.yaml:1: serving.max_concurrent_requests",
                "must be a whole number from 1 to 1000000; got 0"},
        BadFile{"serving: {keep_previous: -1}", "moorage.yaml:1: serving.keep_previous",
                "must be a whole number from 0 to 16; got -1"}));

INSTANTIATE_TEST_SUITE_P(
    Words, BadFiles,
    testing::Values(
        BadFile{"auth: {mode: jwt}", "moorage.yaml:1: auth.mode",
                "'jwt' is not built into this version; only 'none' is"},
        BadFile{"auth: {mode: yes}", "moorage.yaml:1: auth.mode", "must be none; got 'yes'"},
        BadFile{"logging: {level: verbose}", "moorage.yaml:1: logging.level",
                "must be one of debug, info, warning, error; got 'verbose'"},
        BadFile{"logging: {console: true}", "moorage.yaml:1: logging.console",
                "must be one of text, json, none; got true"},
        BadFile{"logging: {file: 7}", "moorage.yaml:1: logging.file",
                "must be a path without ~, or empty for no file; got 7"},
        BadFile{"logging: {predictions: {sample: 1.5}}",
                "moorage.yaml:1: logging.predictions.sample",
                "must be a number from 0 to 1; got 1.5"},
        BadFile{"logging: {predictions: {payload: {}}}",
                "moorage.yaml:1: logging.predictions.payload",
                "must be one of none, redacted, full; got a mapping"},
        BadFile{"logging:\n  predictions: all\n", "moorage.yaml:2: logging.predictions",
                "must be a mapping with the keys logging.predictions.sample, "
                "logging.predictions.payload, logging.predictions.max_per_second"},
        BadFile{"server: 8000", "moorage.yaml:1: server",
                "must be a mapping with the keys server.listen, server.metrics_listen, "
                "server.max_body, server.memory, server.max_connections, server.cors_origins, "
                "server.drain, server.threads"},
        BadFile{"- server", "moorage.yaml:1",
                "must be a mapping of sections; the sections are server, registry, serving, auth, "
                "logging"}));

INSTANTIATE_TEST_SUITE_P(
    Keys, BadFiles,
    testing::Values(
        BadFile{"server:\n  # a slip\n  lisen: 127.0.0.1:1\n", "moorage.yaml:3: server.lisen",
                "unknown key; did you mean server.listen?"},
        BadFile{"serving: {drain: 1s}", "moorage.yaml:1: serving.drain",
                "unknown key; did you mean server.drain?"},
        BadFile{"batch_size: 3", "moorage.yaml:1: batch_size",
                "unknown key; did you mean serving.batch_size?"},
        BadFile{"registry: {colour: red}", "moorage.yaml:1: registry.colour",
                "unknown key; the keys of registry are registry.database, registry.blobs"},
        BadFile{"zebra: 1", "moorage.yaml:1: zebra",
                "unknown key; the sections are server, registry, serving, auth, logging"},
        BadFile{"server: {grpc_listen: 127.0.0.1:8001}", "moorage.yaml:1: server.grpc_listen",
                "not supported by this version, which has no gRPC address of its own"},
        BadFile{"server: {tls: {cert: a, key: b}}", "moorage.yaml:1: server.tls",
                "not supported by this version, which has no TLS"},
        BadFile{"cache: {redis: 'redis://x'}", "moorage.yaml:1: cache",
                "not supported by this version, which has no prediction cache"},
        BadFile{"drift: {}", "moorage.yaml:1: drift",
                "not supported by this version, which has no drift detection"},
        BadFile{"alerting: {rules: []}", "moorage.yaml:1: alerting",
                "not supported by this version, which has no alerting"},
        BadFile{"monitoring:\n", "moorage.yaml:1: monitoring",
                "not supported by this version, which has no monitoring beside the metrics "
                "endpoint"},
        BadFile{"privacy: {fields: {}}", "moorage.yaml:1: privacy",
                "not supported by this version, which has no field privacy"}));

INSTANTIATE_TEST_SUITE_P(
    Contradictions, BadFiles,
    testing::Values(
        BadFile{"server:\n  listen: 127.0.0.1:9090\n", "moorage.yaml:2: server.listen",
                "server.listen (127.0.0.1:9090) and server.metrics_listen (127.0.0.1:9090) must "
                "not be the same address"},
        BadFile{"server:\n  listen: 0.0.0.0:7\n  metrics_listen: localhost:7\n",
                "moorage.yaml:3: server.metrics_listen",
                "server.listen (0.0.0.0:7) and server.metrics_listen (localhost:7) must not be the "
                "same address"},
        BadFile{"serving: {default_model: cancer@canary}", "moorage.yaml:1: serving.default_model",
                "the alias 'canary' is not served: it is not in serving.aliases"}));

TEST(Config, ReportsAllProblemsAtOnce) {
  const auto loaded = Load("server: {drain: 0}\nlogging: {level: x, keep: 0}\n",
                           {{"MOORAGE_SERVING__BATCH_SIZE", "none"}, {"PORT", "http"}});
  ASSERT_FALSE(loaded.ok());
  ASSERT_EQ(loaded.error().details.size(), 5U);
  EXPECT_EQ(loaded.error().details[2].path, "moorage.yaml:2: logging.keep");
  EXPECT_EQ(loaded.error().details[3].path, "MOORAGE_SERVING__BATCH_SIZE: serving.batch_size");
  EXPECT_EQ(loaded.error().details[4].problem, "must be a port from 0 to 65535; got 'http'");
  EXPECT_TRUE(loaded.error().message.ends_with("(and 4 more)")) << loaded.error().message;
}

TEST(Config, TheEnvironmentWinsOverTheFile) {
  const auto loaded = Load("serving: {batch_size: 8, aliases: [a]}\nlogging: {level: error}\n",
                           {{"MOORAGE_SERVING__BATCH_SIZE", "16"},
                            {"MOORAGE_SERVING__ALIASES", "production, canary"},
                            {"MOORAGE_LOGGING__PREDICTIONS__SAMPLE", "0.5"},
                            {"MOORAGE_LOGGING__FILE", ""},
                            {"MOORAGE_SERVER__MAX_BODY", "4096"},
                            {"LOG_LEVEL", "WARN"},
                            {"PATH", "/bin"}});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->config.serving.batch_size, 16U);
  EXPECT_EQ(loaded->config.serving.aliases[1].value(), "canary");
  EXPECT_EQ(loaded->config.logging.predictions.sample, 0.5);
  EXPECT_EQ(loaded->config.logging.file, "");
  EXPECT_EQ(loaded->config.server.max_body, 4096U);
  EXPECT_EQ(loaded->config.logging.level, LogLevel::kWarning);
  EXPECT_EQ(loaded->origins.at("logging.level").source, "LOG_LEVEL");
  EXPECT_EQ(loaded->origins.at("serving.batch_size").source, "MOORAGE_SERVING__BATCH_SIZE");
}

TEST(Config, PortReplacesThePortAndKeepsTheHost) {
  const auto loaded = Load("", {{"MOORAGE_SERVER__LISTEN", "0.0.0.0:8000"}, {"PORT", "8123"}});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(Format(loaded->config.server.listen), "0.0.0.0:8123");
  EXPECT_EQ(loaded->origins.at("server.listen").source, "PORT");
  EXPECT_TRUE(Load("", {{"PORT", ""}, {"LOG_LEVEL", ""}}).ok());
}

TEST(Config, TheVariableOfAKeyWinsOverLogLevel) {
  const auto loaded = Load("", {{"LOG_LEVEL", "debug"}, {"MOORAGE_LOGGING__LEVEL", "error"}});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->config.logging.level, LogLevel::kError);
}

TEST(Config, SlipsInVariablesAreErrorsAndForeignVariablesAreNot) {
  const auto problem = [](const std::string& variable) {
    const auto loaded = Load("", {{variable, "1"}});
    return loaded.ok() ? std::string() : loaded.error().message;
  };
  EXPECT_EQ(problem("MOORAGE_SERVING__BATCHSIZE"),
            "MOORAGE_SERVING__BATCHSIZE: unknown variable; did you mean "
            "MOORAGE_SERVING__BATCH_SIZE?");
  EXPECT_EQ(problem("MOORAGE_SERVER_LISTEN"),
            "MOORAGE_SERVER_LISTEN: unknown variable; did you mean MOORAGE_SERVER__LISTEN?");
  EXPECT_EQ(problem("MOORAGE_CACHE__ENABLED"),
            "MOORAGE_CACHE__ENABLED: cache.enabled: not supported by this version, which has no "
            "prediction cache");
  EXPECT_EQ(problem("MOORAGE_TOKEN"), "");
  EXPECT_EQ(problem("MOORAGE_SOURCE_DIR"), "");
}

}  // namespace
}  // namespace moorage::config
