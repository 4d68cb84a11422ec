// ModuleState: what lives as long as one LLVM module – the plan being filled and the symbols that stand for
// values known only where the plan runs.
//
// A relocated value is an undefined symbol "r.N". Using its address makes LLVM emit a ld_imm64 with an ELF
// relocation; emit.cpp turns that into plan::Relocation N's copy at that instruction. The symbols are
// extern_weak, so LLVM assumes nothing about them (not even that two differ).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codegen/llvm.h"
#include "diag/diagnostics.h"
#include "hir/hir.h"
#include "plan/plan.h"

namespace scry::codegen {

// Offsets that no other load has: a relocated load is known by its own.
inline constexpr uint32_t kLoadPlaceholder = 0x4000;

class ModuleState {
 public:
  ModuleState(const hir::Program& program, Diagnostics& diags);

  const hir::Program& program;
  Diagnostics& diags;
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  plan::Plan plan;
  bool tells_failures = false;                // Options::tells_failures
  std::vector<plan::Relocation> relocations;  // by N of "r.N"; `instruction` unset

  // Debug information carries places of the script through LLVM: a "line" is a span's first byte plus 1, a
  // "column" its length. emit.cpp reads them back into plan::Program::lines.
  llvm::DISubprogram* debug_scope(llvm::Function& function);

  // The value as an i64 constant.
  llvm::Constant* relocated(plan::RelocationKind kind, uint32_t id = 0, std::string type = {},
                            std::string path = {});
  // A load whose own offset only the run knows: from the context, or of a member of a kernel's struct. Its offset
  // in the IR is kLoadPlaceholder + 8 * an index into relocated_loads.
  std::vector<plan::Relocation> relocated_loads;
  uint32_t load_placeholder(plan::Relocation relocation);

  // The map as helpers take it, and the address of a one-element Array's value.
  llvm::Constant* map_fd(uint32_t map);
  llvm::Constant* map_value(uint32_t map, uint32_t offset = 0);
  // Internal maps, made on first use; the id is an index into plan.maps.
  uint32_t state_map();
  uint32_t ring_map();
  uint32_t parameter_map();
  uint32_t scratch_map();
  uint32_t stack_map();
  uint32_t static_places_map();
  uint32_t add_map(plan::Map map);
  // The address of the counter in the State map, made on first use.
  llvm::Constant* loss_counter(const plan::LossCounter& counter);

  // Bytes in the read-only map.
  llvm::Constant* constant_bytes(const std::string& bytes);
  // At least `size` zero bytes there.
  llvm::Constant* zeros(uint32_t size);

  // Raises the scratch elements to hold `size` bytes of working memory.
  void need_scratch(uint32_t size);
  // Grows the ring buffer where such records, or as many as such a probe may send, would not fit well.
  void need_ring(uint32_t record_size, lang::ProbeKind from);

 private:
  llvm::GlobalVariable* symbol(const plan::Relocation& relocation);

  llvm::DIBuilder debug_;
  llvm::DIFile* debug_file_ = nullptr;
  uint32_t internal_map(plan::MapRole role, const char* name, plan::MapKind kind,
                        uint32_t value_size);

  std::map<std::tuple<int, uint32_t, std::string, std::string>, llvm::GlobalVariable*> symbols_;
  std::map<plan::MapRole, uint32_t> internal_maps_;
  std::map<std::string, llvm::Constant*> constants_;
};

// emit.cpp: optimises the module, makes the object and moves its programs into plan.programs (by the
// section names "program.N").
struct Options;
Result<void> emit(ModuleState& module, const Options& options);
inline std::string program_section(uint32_t program) {
  return "program." + std::to_string(program);
}

}  // namespace scry::codegen
