#include "runtime/load/twin.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <bit>
#include <cstring>
#include <string>

#include "runtime/load/bpf.h"

namespace scry::runtime {

namespace {

constexpr uint32_t kMarkCount = 1 << 16;
constexpr uint32_t kMarksSize = kMarkCount + sizeof(uint64_t);

uint64_t encode(int code, int to, int from, int offset, int32_t immediate) {
  bpf_insn instruction = {};
  instruction.code = static_cast<uint8_t>(code);
  instruction.dst_reg = static_cast<uint8_t>(to) & 0xf;
  instruction.src_reg = static_cast<uint8_t>(from) & 0xf;
  instruction.off = static_cast<int16_t>(offset);
  instruction.imm = immediate;
  return std::bit_cast<uint64_t>(instruction);
}

uint64_t copy(int to, int from) { return encode(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0); }
uint64_t set(int to, int32_t value) { return encode(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value); }

// to = the address of the marks' byte `offset`: two instructions.
void load_address(std::vector<uint64_t>& out, int to, const Fd& marks, uint32_t offset) {
  out.push_back(encode(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_VALUE, 0, marks.get()));
  out.push_back(encode(0, 0, 0, 0, static_cast<int32_t>(offset)));
}

// Keeps the context in r6; r1 = the address of this task's mark.
std::vector<uint64_t> find_mark(const Fd& marks) {
  std::vector<uint64_t> out = {
      copy(BPF_REG_6, BPF_REG_1),
      encode(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_current_pid_tgid),
      encode(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_0, 0, 0, kMarkCount - 1),
  };
  load_address(out, BPF_REG_1, marks, 0);
  out.push_back(encode(BPF_ALU64 | BPF_ADD | BPF_X, BPF_REG_1, BPF_REG_0, 0, 0));
  return out;
}

void append(std::vector<uint64_t>& out, std::span<const uint64_t> instructions) {
  out.push_back(copy(BPF_REG_1, BPF_REG_6));
  out.insert(out.end(), instructions.begin(), instructions.end());
}

}  // namespace

bool needs_twin() { return kernel_is_at_least(7, 0); }

Fd create_marks() { return Fd(create_map({BPF_MAP_TYPE_ARRAY, 4, kMarksSize, 1, 0}, "marks")); }

uint64_t Twin::rescued_count() const {
  std::string value(kMarksSize, '\0');
  const uint32_t key = 0;
  if (bpf_map_lookup_elem(marks.get(), &key, value.data()) != 0) return 0;
  uint64_t count;
  std::memcpy(&count, value.data() + kMarkCount, sizeof count);
  return count;
}

std::vector<uint64_t> marking(std::span<const uint64_t> instructions, const Fd& marks) {
  std::vector<uint64_t> out = find_mark(marks);
  out.push_back(encode(BPF_ST | BPF_MEM | BPF_B, BPF_REG_1, 0, 0, 1));
  append(out, instructions);
  return out;
}

std::vector<uint64_t> unmarking(std::span<const uint64_t> instructions, const Fd& marks) {
  std::vector<uint64_t> out = find_mark(marks);
  out.insert(out.end(),
             {
                 encode(BPF_LDX | BPF_MEM | BPF_B, BPF_REG_2, BPF_REG_1, 0, 0),
                 encode(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_2, 0, 3, 0),  // to the counting
                 encode(BPF_ST | BPF_MEM | BPF_B, BPF_REG_1, 0, 0, 0),
                 set(BPF_REG_0, 0),
                 encode(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
             });
  load_address(out, BPF_REG_1, marks, kMarkCount);
  out.push_back(set(BPF_REG_2, 1));
  out.push_back(encode(BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_1, BPF_REG_2, 0, BPF_ADD));
  append(out, instructions);
  return out;
}

}  // namespace scry::runtime
