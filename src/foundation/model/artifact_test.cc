#include "foundation/model/artifact.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::model {
namespace {

ArtifactIndex Index() {
  return {.files = {{.name = "manifest.json", .digest = DigestOf("{}"), .size = 2},
                    {.name = "model.onnx", .digest = DigestOf("abc"), .size = 3},
                    {.name = "weights/a b.bin", .digest = DigestOf(""), .size = 0}}};
}

TEST(ArtifactIndex, HasOneTextThatIsReadBackTheSame) {
  const ArtifactIndex index = Index();
  EXPECT_EQ(
      index.ToText(),
      "moorage-artifact 1\n"
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a 2 manifest.json\n"
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 model.onnx\n"
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 "
      "weights/a b.bin\n");
  const auto read = ArtifactIndex::FromText(index.ToText());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, index);
  EXPECT_EQ(read->digest(), DigestOf(index.ToText()));
}

TEST(ArtifactIndex, ChangesItsDigestWithAnyFile) {
  ArtifactIndex other = Index();
  other.files[2].size = 1;
  EXPECT_NE(other.digest(), Index().digest());
  other = Index();
  other.files[0].digest = DigestOf("{} ");
  EXPECT_NE(other.digest(), Index().digest());
}

TEST(ArtifactIndex, FindsFilesByName) {
  const ArtifactIndex index = Index();
  ASSERT_NE(index.Find(kModelFile), nullptr);
  EXPECT_EQ(index.Find(kModelFile)->size, 3U);
  EXPECT_EQ(index.Find("absent"), nullptr);
}

TEST(ArtifactIndex, RefusesEveryOtherTextAsCorrupt) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const std::string header = "moorage-artifact 1\n";
  const auto line = [&](const std::string& size, const std::string& name) {
    return digest + " " + size + " " + name + "\n";
  };
  for (const std::string& text :
       {std::string(), std::string("moorage-artifact 2\n"), std::string("moorage-artifact 1"),
        header + "\n", header + line("01", "a"), header + line("-1", "a"), header + line("", "a"),
        header + line("18446744073709551616", "a"), header + line("1", ""),
        header + line("1", "../a"), header + line("1", "/a"), header + line("1", "a\r"),
        header + line("1", "b") + line("1", "a"), header + line("1", "a") + line("1", "a"),
        header + digest + " 1 a", header + digest + "\n", header + "sha256:AA 1 a\n",
        header + line("1", "a") + "\n", header + digest + "  1 a\n"}) {
    const auto read = ArtifactIndex::FromText(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, base::Code::kCorrupt);
  }
  EXPECT_TRUE(ArtifactIndex::FromText(header + line("18446744073709551615", "a")).ok());
  EXPECT_EQ(ArtifactIndex::FromText(header + line("x", "a")).error().message,
            "artifact index, line 2: the size must be a decimal number");
}

TEST(ArtifactFile, MayNotLeaveItsDirectory) {
  for (const char* name : {"a", "a.b", "a/b/c.bin", "..a", "a..", "m\xc3\xa4laga"}) {
    EXPECT_TRUE(CheckArtifactFileName(name).ok()) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string(".."),
        std::string("a/../b"), std::string("./a"), std::string("a\\b"), std::string("a\nb"),
        std::string("a\0b", 3), std::string(256, 'a')}) {
    EXPECT_FALSE(CheckArtifactFileName(name).ok()) << name;
  }
}

}  // namespace
}  // namespace moorage::model
