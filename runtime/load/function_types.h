// The types of a program's functions. The kernel calls back only functions that have one (BTF): here the least that
// it takes, whatever their parameters – the verifier knows those of callbacks itself.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scry::runtime {

struct FunctionTypes {
  std::string btf;                   // for BPF_BTF_LOAD
  std::vector<bpf_func_info> infos;  // of the program, then of its callbacks
};

// `callbacks`: first instructions, in order. Functions are named after the program, as stacks will show them.
FunctionTypes function_types(std::string_view program_name, std::span<const uint32_t> callbacks);

}  // namespace scry::runtime
