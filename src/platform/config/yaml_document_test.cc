#include "platform/config/yaml_document.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "platform/config/config.h"

namespace moorage::config {
namespace {

using base::Code;
using json::Json;

std::string Text(std::string_view yaml) {
  const auto json = YamlToJson(yaml, "p.yaml");
  return json.ok() ? json::ToText(*json) : json.error().message;
}

TEST(Yaml, ResolvesPlainWordsByTheCoreSchema) {
  EXPECT_EQ(Text("[null, ~, Null, NULL, '', true, True, FALSE]"),
            R"([null,null,null,null,"",true,true,false])");
  EXPECT_EQ(Text("[0, -7, +12, 010, 0o17, 0xfF, 18446744073709551615, -9223372036854775808]"),
            "[0,-7,12,10,15,255,18446744073709551615,-9223372036854775808]");
  EXPECT_EQ(Text("[1.5, -.5, 1., 1e3, 2.5E-1]"), "[1.5,-0.5,1.0,1000.0,0.25]");
  EXPECT_EQ(Text("[yes, off, 1.2.3, 0x, 0o8, 1_000, 10s, '1', \"true\", e3, ., -, +]"),
            R"(["yes","off","1.2.3","0x","0o8","1_000","10s","1","true","e3",".","-","+"])");
  EXPECT_EQ(Text("[!!str 1, !!int 2, !!float 3, !!bool true]"), R"(["1",2,3,true])");
  EXPECT_EQ(Text("99999999999999999999"), "1e+20");
  // What is too small for a double is 0, however it is written.
  const std::string zeros(400, '0');
  EXPECT_EQ(Text("[1e-999, -1E-999, 0." + zeros + "1, 1" + zeros + "e-900]"), "[0.0,-0.0,0.0,0.0]");
}

TEST(Yaml, KeepsOrderKeysAndNesting) {
  EXPECT_EQ(Text("b: 1\na:\n  - x\n  - c: |\n      two\n      lines\n1: one\n"),
            R"({"b":1,"a":["x",{"c":"two\nlines\n"}],"1":"one"})");
  EXPECT_EQ(Text(""), "null");
  EXPECT_EQ(Text("# only a comment\n"), "null");
}

TEST(Yaml, WritesAliasesOut) {
  EXPECT_EQ(Text("a: &x {k: 1}\nb: *x\nc: [*x, &y 2, *y]\n"),
            R"({"a":{"k":1},"b":{"k":1},"c":[{"k":1},2,2]})");
}

TEST(Yaml, NamesLineAndColumnOfWhatItRefuses) {
  EXPECT_EQ(Text("a: 1\nb: 2\na: 3\n"), "p.yaml:3:1: the key 'a' is there twice");
  EXPECT_EQ(Text("a: &x [*x]\n"), "p.yaml:1:8: the alias refers to the value that it is in");
  EXPECT_EQ(Text("a: {<<: {b: 1}}"), "p.yaml:1:5: merge keys (<<) are not supported");
  EXPECT_EQ(Text("? [a]\n: 1\n"), "p.yaml:1:3: a key must be a plain word");
  EXPECT_EQ(Text("~ : 1\n"), "p.yaml:1:1: a key is missing");
  EXPECT_EQ(Text("a: !!python/object:os.system x\n"),
            "p.yaml:1:4: the tag 'tag:yaml.org,2002:python/object:os.system' is not known or does "
            "not fit 'x'");
  EXPECT_EQ(Text("a: .inf\n"), "p.yaml:1:4: '.inf' is not a finite number");
  EXPECT_EQ(Text("a: 1e999\n"), "p.yaml:1:4: '1e999' is not a finite number");
  const std::string large = "1" + std::string(400, '0');
  EXPECT_NE(Text("a: " + large + "e-1\n").find("is not a finite number"), std::string::npos);
  EXPECT_NE(Text("a: " + large + ".5\n").find("is not a finite number"), std::string::npos);
  EXPECT_EQ(Text("a: !!int x\n"),
            "p.yaml:1:4: the tag 'tag:yaml.org,2002:int' is not known or does not fit 'x'");
  EXPECT_EQ(Text("a: 1\n---\nb: 2\n"), "p.yaml: holds more than one document");
  EXPECT_EQ(Text("a: *nobody\n"), "p.yaml:1:4: the referenced anchor is not defined");
  EXPECT_EQ(Text(std::string("a: \0", 4)), "p.yaml: holds a NUL character");
  EXPECT_EQ(Text("a: [1, 2\n"), "p.yaml:2:1: end of sequence flow not found");
  EXPECT_EQ(Text("a: b: c\n"), "p.yaml:1:5: illegal map value");
  EXPECT_EQ(Text("\ta: 1\n").substr(0, 10), "p.yaml:1:3");
}

TEST(Yaml, RefusesABombOfAliasesQuickly) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k == 0 ? "" : ", ") + before;
    bomb += "]\n";
  }
  const auto json = YamlToJson(bomb, "p.yaml");
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(json.error().code, Code::kExhausted);
  EXPECT_NE(json.error().message.find("aliases written out"), std::string::npos);
}

TEST(Yaml, CountsTheDepthThroughAliases) {
  std::string yaml = "a0: &a0 [[[[[[[[x]]]]]]]]\n";
  for (int i = 1; i < 8; ++i) {
    const std::string n = std::to_string(i);
    yaml.append("a").append(n).append(": &a").append(n).append(" [[[[[[*a");
    yaml.append(std::to_string(i - 1)).append("]]]]]]\n");
  }
  const auto json = YamlToJson(yaml, "p.yaml");
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(json.error().message, "p.yaml:5:15: nested deeper than 32 levels");
}

TEST(Yaml, SurvivesDeepNestingAndHugeFiles) {
  for (const char* open : {"[", "{a: ", "- "}) {
    std::string deep;
    while (deep.size() < 100'000) deep += open;
    EXPECT_EQ(Text(deep), "p.yaml: nested deeper than 32 levels");
  }
  const auto huge = YamlToJson(std::string(kMaxYamlBytes + 1, ' '), "p.yaml");
  ASSERT_FALSE(huge.ok());
  EXPECT_EQ(huge.error().message, "p.yaml: larger than 1MiB");
  std::string wide;
  for (int i = 0; i < 120'000; ++i) wide += "- 1\n";
  EXPECT_EQ(Text(wide).substr(0, 25), "p.yaml: more than 100000 ");
}

TEST(Yaml, NeverCrashesOnAnyPrefixOrFlippedByteOfAFile) {
  const std::string good =
      "server: {listen: 127.0.0.1:8000, drain: 10s}\nserving:\n  aliases: [production, &x \"a\"]\n"
      "  other: *x\nnotes: |-\n  two\n  lines\n? key\n: 'it''s'\n# end\n";
  for (std::size_t i = 0; i <= good.size(); ++i) {
    (void)LoadConfig(std::string_view(good).substr(0, i), "m.yaml", {});
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x20U, 0x40U, 0x80U, 0xFFU}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      (void)LoadConfig(bad, "m.yaml", {});
    }
  }
}

}  // namespace
}  // namespace moorage::config
