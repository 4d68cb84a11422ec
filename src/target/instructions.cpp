#include "target/instructions.h"

#include <Zydis/Zydis.h>
#include <dlfcn.h>

namespace scry::target {

namespace {

constexpr char kLibrary[] = "libZydis.so.4.0";  // Debian 12's

struct Zydis {
  decltype(&ZydisDecoderInit) init = nullptr;
  decltype(&ZydisDecoderDecodeInstruction) decode = nullptr;
};

// Null functions where the library is missing. It stays loaded: closing it would gain nothing.
Zydis open_library() {
  void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (!library) return {};
  return {
      reinterpret_cast<decltype(Zydis::init)>(::dlsym(library, "ZydisDecoderInit")),
      reinterpret_cast<decltype(Zydis::decode)>(::dlsym(library, "ZydisDecoderDecodeInstruction"))};
}

}  // namespace

Result<bool> starts_instruction(std::string_view code, uint64_t offset) {
  static const Zydis zydis = open_library();
  if (!zydis.init || !zydis.decode)
    return Error{"cannot tell where instructions begin: the library Zydis is missing", 0,
                 "install libzydis4.0, or probe the start of a function"};
  ZydisDecoder decoder;
  zydis.init(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  for (uint64_t at = 0; at < code.size();) {
    if (at >= offset) return at == offset;
    ZydisDecodedInstruction instruction;
    if (ZYAN_FAILED(
            zydis.decode(&decoder, nullptr, code.data() + at, code.size() - at, &instruction)))
      return false;  // data, or what the decoder does not know: nothing to be sure of
    at += instruction.length;
  }
  return false;
}

}  // namespace scry::target
