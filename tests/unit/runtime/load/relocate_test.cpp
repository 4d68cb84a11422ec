#include "runtime/load/relocate.h"

#include <linux/bpf.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "runtime/load/load.h"

using namespace scry;
using namespace scry::runtime;

namespace {

uint64_t load_immediate(int32_t addend) {
  bpf_insn instruction = {};
  instruction.code = BPF_LD | BPF_DW | BPF_IMM;
  instruction.dst_reg = 1;
  instruction.imm = addend;
  uint64_t bytes;
  std::memcpy(&bytes, &instruction, sizeof bytes);
  return bytes;
}

bpf_insn instruction(uint64_t bytes) {
  bpf_insn out;
  std::memcpy(&out, &bytes, sizeof out);
  return out;
}

plan::Program program(int32_t addend, uint32_t at = 0) {
  plan::Program program;
  program.name = "test";
  program.instructions = {load_immediate(addend), 0, 0x95};
  plan::Relocation relocation;
  relocation.instruction = at;
  program.relocations.push_back(relocation);
  return program;
}

RelocationLookup always(RelocationValue::Kind kind, uint64_t value) {
  return [=](const plan::Relocation&) -> Result<RelocationValue> {
    return RelocationValue{kind, value};
  };
}

}  // namespace

TEST_CASE("a number takes both halves, with its addend", "[runtime]") {
  const auto out = relocate(program(-1), always(RelocationValue::Kind::Number, 0x1'0000'0000));
  REQUIRE(out);
  CHECK(static_cast<uint32_t>(instruction(out.value()[0]).imm) == 0xffffffff);
  CHECK(instruction(out.value()[1]).imm == 0);
  CHECK(instruction(out.value()[0]).src_reg == 0);
}

TEST_CASE("a map's descriptor and the address in its value", "[runtime]") {
  const auto map = relocate(program(0), always(RelocationValue::Kind::MapFd, 7));
  REQUIRE(map);
  CHECK(instruction(map.value()[0]).src_reg == BPF_PSEUDO_MAP_FD);
  CHECK(instruction(map.value()[0]).imm == 7);
  const auto value = relocate(program(40), always(RelocationValue::Kind::MapValue, 7));
  REQUIRE(value);
  CHECK(instruction(value.value()[0]).src_reg == BPF_PSEUDO_MAP_VALUE);
  CHECK(instruction(value.value()[0]).imm == 7);
  CHECK(instruction(value.value()[1]).imm == 40);
}

TEST_CASE("only a constant of 64 bits can be patched", "[runtime]") {
  CHECK_FALSE(relocate(program(0, 1), always(RelocationValue::Kind::Number, 1)));
  CHECK_FALSE(relocate(program(0, 2), always(RelocationValue::Kind::Number, 1)));
  CHECK_FALSE(relocate(program(0, 900), always(RelocationValue::Kind::Number, 1)));
}

TEST_CASE("an answer that cannot be had is passed on", "[runtime]") {
  const RelocationLookup fails = [](const plan::Relocation&) -> Result<RelocationValue> {
    return Error{"no such field", 0, {}};
  };
  CHECK(relocate(program(0), fails).error().what == "no such field");
}

TEST_CASE("the verifier's words are its last ones about the program", "[runtime]") {
  const VerifierWords words = summarize(
      "0: R1=ctx() R10=fp0\n"
      "0: (79) r1 = *(u64 *)(r1 +0)          ; R1=scalar()\n"
      "12: (79) r0 = *(u64 *)(r1 +0)\n"
      "R1 invalid mem access 'scalar'\n"
      "processed 2 insns (limit 1000000) max_states_per_insn 0\n\n");
  CHECK(words.text == "R1 invalid mem access 'scalar'");
  CHECK(words.instruction == 12u);
  CHECK(summarize("").text.empty());
  CHECK_FALSE(summarize("").instruction);
}

TEST_CASE("a dispatch's row holds the name id and where the arguments lie", "[runtime]") {
  const auto facts = kernel::make_fixture(SCRY_FIXTURES "/kernel");
  plan::SyscallDispatch dispatch;
  dispatch.row_size = 8;
  dispatch.probes.push_back({0, 0, {{"filename", 4}}});
  Matches matches;
  Match match;
  match.name_id = 3;
  match.syscall = 257;
  match.event = "sys_enter_openat";
  matches.list.push_back(match);
  const auto table = dispatch_table(dispatch, matches, *facts);
  REQUIRE(table);
  REQUIRE(table.value().size() == 512 * 8);
  uint32_t row[2];
  std::memcpy(row, table.value().data() + 257 * 8, sizeof row);
  CHECK(row[0] == 3);
  CHECK(row[1] == 104);  // the second argument: si in struct pt_regs
  std::memcpy(row, table.value().data() + 256 * 8, sizeof row);
  CHECK(row[0] == 0);

  dispatch.probes[0].arguments[0].field = "nosuch";
  CHECK_FALSE(dispatch_table(dispatch, matches, *facts));
  dispatch.probes[0].arguments.clear();
  matches.list[0].syscall = 512;
  CHECK_FALSE(dispatch_table(dispatch, matches, *facts));
}
