#include "platform/runtime/integer_division.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace moorage::runtime {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Encoding {
  const char* text;
  Bytes code;
  std::size_t operand_bytes;
};

// What g++ and clang emit, written by an assembler.
const std::vector<Encoding>& Encodings() {
  static const std::vector<Encoding> kEncodings = {
      {"idiv cl", {0xF6, 0xF9}, 1},
      {"div bl", {0xF6, 0xF3}, 1},
      {"idiv sil", {0x40, 0xF6, 0xFE}, 1},
      {"idiv r9b", {0x41, 0xF6, 0xF9}, 1},
      {"div byte [rdi]", {0xF6, 0x37}, 1},
      {"idiv cx", {0x66, 0xF7, 0xF9}, 2},
      {"idiv r9w", {0x66, 0x41, 0xF7, 0xF9}, 2},
      {"idiv word [rdi+2]", {0x66, 0xF7, 0x7F, 0x02}, 2},
      {"idiv ecx", {0xF7, 0xF9}, 4},
      {"div esi", {0xF7, 0xF6}, 4},
      {"idiv r12d", {0x41, 0xF7, 0xFC}, 4},
      {"idiv dword [rdi]", {0xF7, 0x3F}, 4},
      {"idiv dword [rdi+rax*4]", {0xF7, 0x3C, 0x87}, 4},
      {"idiv dword [rsp+12]", {0xF7, 0x7C, 0x24, 0x0C}, 4},
      {"idiv rcx", {0x48, 0xF7, 0xF9}, 8},
      {"div r8", {0x49, 0xF7, 0xF0}, 8},
      {"idiv r15", {0x49, 0xF7, 0xFF}, 8},
      {"idiv qword [rdi]", {0x48, 0xF7, 0x3F}, 8},
      {"idiv qword [r13]", {0x49, 0xF7, 0x7D, 0x00}, 8},
      {"idiv qword [r12]", {0x49, 0xF7, 0x3C, 0x24}, 8},
      {"idiv qword [rbp-8]", {0x48, 0xF7, 0x7D, 0xF8}, 8},
      {"idiv qword [rdi+rax*8]", {0x48, 0xF7, 0x3C, 0xC7}, 8},
      {"idiv qword [r9+r10*8]", {0x4B, 0xF7, 0x3C, 0xD1}, 8},
      {"idiv qword [rdi+rax*8+16]", {0x48, 0xF7, 0x7C, 0xC7, 0x10}, 8},
      {"idiv qword [rsp+0x200]", {0x48, 0xF7, 0xBC, 0x24, 0x00, 0x02, 0x00, 0x00}, 8},
      {"idiv qword [rdi+0x1000]", {0x48, 0xF7, 0xBF, 0x00, 0x10, 0x00, 0x00}, 8},
      {"idiv qword [rip+0x100]", {0x48, 0xF7, 0x3D, 0x00, 0x01, 0x00, 0x00}, 8},
      {"idiv qword [rax*8+0x100]", {0x48, 0xF7, 0x3C, 0xC5, 0x00, 0x01, 0x00, 0x00}, 8},
      {"idiv qword fs:[rdi]", {0x64, 0x48, 0xF7, 0x3F}, 8},
      {"idiv dword [edi]", {0x67, 0xF7, 0x3F}, 4},
      // REX.W is stronger than the prefix for 16 bits.
      {"data16 idiv rcx", {0x66, 0x48, 0xF7, 0xF9}, 8},
      {"rep idiv ecx", {0xF3, 0xF7, 0xF9}, 4},
  };
  return kEncodings;
}

TEST(IntegerDivision, IsReadInEveryFormThatCompilersEmit) {
  for (const Encoding& encoding : Encodings()) {
    const auto division = DecodeIntegerDivision(encoding.code.data());
    ASSERT_TRUE(division.has_value()) << encoding.text;
    EXPECT_EQ(division->length, encoding.code.size()) << encoding.text;
    EXPECT_EQ(division->operand_bytes, encoding.operand_bytes) << encoding.text;
  }
}

TEST(IntegerDivision, IsNoOtherInstruction) {
  const std::vector<Encoding> others = {
      {"test ecx, imm32", {0xF7, 0xC1, 0, 0, 0, 0}, 0},
      {"not rcx", {0x48, 0xF7, 0xD1}, 0},
      {"neg rcx", {0x48, 0xF7, 0xD9}, 0},
      {"mul rcx", {0x48, 0xF7, 0xE1}, 0},
      {"imul rcx", {0x48, 0xF7, 0xE9}, 0},
      {"divsd xmm0, xmm1", {0xF2, 0x0F, 0x5E, 0xC1}, 0},
      {"divps xmm0, xmm1", {0x0F, 0x5E, 0xC1}, 0},
      {"fdiv", {0xD8, 0xF1}, 0},
      {"lock idiv is illegal", {0xF0, 0xF7, 0x3F}, 0},
      {"REX and then another prefix", {0x48, 0x66, 0xF7, 0xF9}, 0},
      {"ud2", {0x0F, 0x0B}, 0},
      {"int3", {0xCC, 0xCC}, 0},
  };
  for (const Encoding& other : others) {
    EXPECT_FALSE(DecodeIntegerDivision(other.code.data()).has_value()) << other.text;
  }
}

TEST(IntegerDivision, IsNeverLongerThanAnInstructionMayBe) {
  for (std::size_t prefixes = 0; prefixes < 20; ++prefixes) {
    Bytes code(prefixes, 0x2E);
    for (const std::uint8_t byte : Bytes{0x48, 0xF7, 0xBC, 0x24, 0, 0, 0, 0}) code.push_back(byte);
    const auto division = DecodeIntegerDivision(code.data());
    EXPECT_EQ(division.has_value(), code.size() <= 15) << prefixes << " prefixes";
  }
}

// A page that ends with an instruction may be the last that is mapped. The sanitizers see a read
// behind the vector.
TEST(IntegerDivision, ReadsNoByteBehindTheInstruction) {
  for (const Encoding& encoding : Encodings()) {
    const Bytes exact(encoding.code);
    (void)DecodeIntegerDivision(exact.data());
  }
}

}  // namespace
}  // namespace moorage::runtime
