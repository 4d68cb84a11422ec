#include "runtime/load/relocate.h"

#include <linux/bpf.h>

#include <cstring>

namespace scry::runtime {

namespace {

constexpr uint8_t kLoadImmediate64 = BPF_LD | BPF_DW | BPF_IMM;

bpf_insn to_instruction(uint64_t bytes) {
  bpf_insn instruction;
  std::memcpy(&instruction, &bytes, sizeof instruction);
  return instruction;
}

uint64_t to_bytes(const bpf_insn& instruction) {
  uint64_t bytes;
  std::memcpy(&bytes, &instruction, sizeof bytes);
  return bytes;
}

bool is_load(const bpf_insn& instruction) {
  return BPF_CLASS(instruction.code) == BPF_LDX && BPF_MODE(instruction.code) == BPF_MEM;
}

uint32_t bytes_of(const bpf_insn& load) {
  switch (BPF_SIZE(load.code)) {
    case BPF_B: return 1;
    case BPF_H: return 2;
    case BPF_W: return 4;
    default: return 8;
  }
}

uint8_t load_of(uint32_t bytes) {
  const int size = bytes == 1 ? BPF_B : bytes == 2 ? BPF_H : bytes == 4 ? BPF_W : BPF_DW;
  return static_cast<uint8_t>(BPF_LDX | BPF_MEM | size);
}

void patch(bpf_insn& first, bpf_insn& second, const RelocationValue& target) {
  const int64_t addend = first.imm;
  switch (target.kind) {
    case RelocationValue::Kind::LoadOffset:
    case RelocationValue::Kind::Number: {
      const uint64_t value = target.value + static_cast<uint64_t>(addend);
      first.imm = static_cast<int32_t>(value);
      second.imm = static_cast<int32_t>(value >> 32);
      return;
    }
    case RelocationValue::Kind::MapFd:
      first.src_reg = BPF_PSEUDO_MAP_FD;
      first.imm = static_cast<int32_t>(target.value);
      second.imm = 0;
      return;
    case RelocationValue::Kind::MapValue:
      first.src_reg = BPF_PSEUDO_MAP_VALUE;
      first.imm = static_cast<int32_t>(target.value);
      second.imm = static_cast<int32_t>(addend);
      return;
  }
}

}  // namespace

Result<std::vector<uint64_t>> relocate(const plan::Program& program,
                                       const RelocationLookup& lookup) {
  std::vector<uint64_t> instructions = program.instructions;
  for (const plan::Relocation& relocation : program.relocations) {
    const size_t at = relocation.instruction;
    bpf_insn first = {}, second = {};
    if (at < instructions.size()) first = to_instruction(instructions[at]);
    if (at + 1 < instructions.size()) second = to_instruction(instructions[at + 1]);
    SCRY_TRY_ASSIGN(const RelocationValue target, lookup(relocation));
    if (target.kind == RelocationValue::Kind::LoadOffset && is_load(first)) {
      if (target.value > INT16_MAX)
        return Error{"`" + relocation.path + "` of `struct " + relocation.type +
                         "` lies out of reach on this kernel",
                     0, "build the plan there"};
      first.off = static_cast<int16_t>(target.value);
      // Of a wider one the plan wants the low bytes.
      if (target.bytes != 0 && target.bytes < bytes_of(first)) first.code = load_of(target.bytes);
      instructions[at] = to_bytes(first);
      continue;
    }
    if (first.code != kLoadImmediate64 || second.code != 0 || at + 1 >= instructions.size())
      return Error{"the plan is damaged: no constant to patch in program `" + program.name +
                       "` at instruction " + std::to_string(at),
                   0, "build it again"};
    patch(first, second, target);
    instructions[at] = to_bytes(first);
    instructions[at + 1] = to_bytes(second);
  }
  return instructions;
}

}  // namespace scry::runtime
