// The arguments of usdt probes as their programs read them.
#include <algorithm>
#include <bit>

#include "runtime/load/load.h"

namespace scry::runtime {

namespace {

// struct pt_regs of x86-64 (arch/x86/include/uapi/asm/ptrace.h).
constexpr const char* kRegisters[] = {"r15", "r14",      "r13", "r12", "rbp",    "rbx", "r11",
                                      "r10", "r9",       "r8",  "rax", "rcx",    "rdx", "rsi",
                                      "rdi", "orig_rax", "rip", "cs",  "eflags", "rsp"};

uint16_t offset_of(const std::string& name) {
  for (size_t i = 0; i < std::size(kRegisters); ++i)
    if (name == kRegisters[i]) return static_cast<uint16_t>(i * sizeof(uint64_t));
  return plan::kNoRegister;
}

plan::StaticArgument kernel_form(const target::StaticArgument& argument) {
  using Kind = target::StaticArgument::Kind;
  plan::StaticArgument form = {};
  form.value = argument.value;
  form.base = offset_of(argument.base);
  form.index = offset_of(argument.index);
  form.kind = argument.kind == Kind::Constant   ? plan::StaticArgument::Constant
              : argument.kind == Kind::Register ? plan::StaticArgument::Register
                                                : plan::StaticArgument::Memory;
  form.scale = static_cast<uint8_t>(std::countr_zero(argument.scale));
  form.shift = static_cast<uint8_t>(64 - 8 * argument.size);
  form.is_signed = argument.is_signed;
  return form;
}

}  // namespace

std::string static_places(const Matches& matches) {
  std::string bytes;
  for (const Match& match : matches.list) {
    for (const StaticPlace& place : match.places) {
      plan::StaticPlace form = {};
      form.name_id = match.name_id;
      const size_t count = std::min(place.arguments.size(), std::size(form.arguments));
      for (size_t i = 0; i < count; ++i) form.arguments[i] = kernel_form(place.arguments[i]);
      bytes.append(reinterpret_cast<const char*>(&form), sizeof form);
    }
  }
  return bytes;
}

}  // namespace scry::runtime
