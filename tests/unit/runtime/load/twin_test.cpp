#include "runtime/load/twin.h"

#include <linux/bpf.h>

#include <bit>
#include <catch2/catch.hpp>

using namespace scry;
using namespace scry::runtime;

namespace {

const std::vector<uint64_t> kProgram = {0x1122334455667788, 0x95};

bpf_insn at(const std::vector<uint64_t>& program, size_t index) {
  return std::bit_cast<bpf_insn>(program.at(index));
}

// The program stands unchanged at the end, behind `r1 = r6`, the context.
void check_end(const std::vector<uint64_t>& whole) {
  REQUIRE(whole.size() > kProgram.size());
  CHECK(std::vector<uint64_t>(whole.end() - 2, whole.end()) == kProgram);
  const bpf_insn before = at(whole, whole.size() - 3);
  CHECK(before.code == (BPF_ALU64 | BPF_MOV | BPF_X));
  CHECK(before.dst_reg == BPF_REG_1);
  CHECK(before.src_reg == BPF_REG_6);
}

}  // namespace

TEST_CASE("the first of a pair marks its task and goes on", "[load]") {
  const std::vector<uint64_t> whole = marking(kProgram, Fd());
  check_end(whole);
  const bpf_insn mark = at(whole, whole.size() - 4);
  CHECK(mark.code == (BPF_ST | BPF_MEM | BPF_B));
  CHECK(mark.imm == 1);
}

TEST_CASE("its twin takes the mark away and ends, or counts and goes on", "[load]") {
  const std::vector<uint64_t> whole = unmarking(kProgram, Fd());
  check_end(whole);
  size_t jump = 0;
  while (at(whole, jump).code != (BPF_JMP | BPF_JEQ | BPF_K)) ++jump;
  const size_t target = jump + 1 + static_cast<size_t>(at(whole, jump).off);
  CHECK(at(whole, target - 1).code == (BPF_JMP | BPF_EXIT));
  CHECK(at(whole, target).code == (BPF_LD | BPF_DW | BPF_IMM));
  CHECK(at(whole, target).src_reg == BPF_PSEUDO_MAP_VALUE);
}
