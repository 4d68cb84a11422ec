#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetOptions.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "base/bytes.h"
#include "codegen/codegen.h"
#include "codegen/llvm.h"
#include "codegen/lower.h"
#include "codegen/module.h"

namespace scry::codegen {

namespace {

// BPF's ELF relocation for the immediate of a ld_imm64 (llvm/BinaryFormat/ELFRelocs/BPF.def).
constexpr uint64_t kRelocateImmediate = 1;
constexpr uint32_t kInstructionSize = 8;

Error internal(std::string what) {
  return Error{"internal error in code generation: " + what, 0, "please report it with the script"};
}

std::unique_ptr<llvm::TargetMachine> make_target() {
  LLVMInitializeBPFTargetInfo();
  LLVMInitializeBPFTarget();
  LLVMInitializeBPFTargetMC();
  LLVMInitializeBPFAsmPrinter();
  // Blocks stay in the order of the source: a loop whose end were placed before its head would fall into it, and
  // verifiers before 6.8 take only jumps backwards ("back-edge from insn").
  auto& options = llvm::cl::getRegisteredOptions();
  const auto placement = options.find("disable-block-placement");
  SCRY_CHECK(placement != options.end());
  placement->second->addOccurrence(1, placement->first(), "true");
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget("bpf", error);
  SCRY_CHECK(target);
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine("bpf", "v3", "", llvm::TargetOptions(), std::nullopt,
                                  std::nullopt, llvm::CodeGenOptLevel::Default));
}

std::string text_of(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  module.print(out, nullptr);
  return text;
}

void optimize(llvm::Module& module, llvm::TargetMachine& target) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graphs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder passes(&target);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(call_graphs);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, call_graphs, modules);

  // A program and its callbacks make no call to inline, so a short list does what O2 does (the same
  // instructions within 1 %) in half the time. No loop is unrolled: that only costs the verifier.
  llvm::FunctionPassManager pipeline;
  pipeline.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  pipeline.addPass(llvm::EarlyCSEPass());
  pipeline.addPass(llvm::SimplifyCFGPass());
  pipeline.addPass(llvm::InstCombinePass());
  pipeline.addPass(llvm::EarlyCSEPass(true));
  pipeline.addPass(llvm::SimplifyCFGPass());
  pipeline.addPass(llvm::DSEPass());
  pipeline.addPass(llvm::ADCEPass());
  for (llvm::Function& function : module)
    if (!function.isDeclaration()) pipeline.run(function, functions);
}

llvm::SmallVector<char, 0> make_object(llvm::Module& module, llvm::TargetMachine& target) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  const bool is_unsupported =
      target.addPassesToEmitFile(passes, out, nullptr, llvm::CodeGenFileType::ObjectFile);
  SCRY_CHECK(!is_unsupported);
  passes.run(module);
  return bytes;
}

using Object = llvm::object::ELFObjectFile<llvm::object::ELF64LE>;

// Moves constants into plan.read_only; gives each section's place there.
// The program whose section is called so (program_section()); null for others.
plan::Program* of_section(plan::Plan& plan, llvm::StringRef section) {
  unsigned number = 0;
  const bool is_ours = section.consume_front("program.") && !section.getAsInteger(10, number) &&
                       number < plan.programs.size();
  return is_ours ? &plan.programs[number] : nullptr;
}

Result<std::map<uint64_t, uint64_t>> take_constants(ModuleState& state, const Object& object) {
  std::map<uint64_t, uint64_t> places;
  for (const llvm::object::SectionRef section : object.sections()) {
    llvm::Expected<llvm::StringRef> name = section.getName();
    if (!name || !name->starts_with(".rodata")) continue;
    llvm::Expected<llvm::StringRef> content = section.getContents();
    if (!content) return internal("unreadable constants");
    std::string& all = state.plan.read_only;
    all.resize(round_up<size_t>(all.size()));
    places[section.getIndex()] = all.size();
    all += content->str();
  }
  return places;
}

template <typename T>
T load(llvm::StringRef bytes, size_t offset) {
  T value = 0;
  if (offset + sizeof value <= bytes.size())
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Reads the line records of section .BTF.ext (include/uapi/linux/btf.h, kernel documentation "BPF Type
// Format"): for each section a name and records { u32 instruction byte, file, line text, line << 10 | column }.
void take_lines(ModuleState& state, llvm::StringRef types, llvm::StringRef ext) {
  constexpr size_t kLineOffsetField = 16, kStringOffsetField = 16;
  const uint32_t header = load<uint32_t>(ext, 4);
  size_t at = header + load<uint32_t>(ext, kLineOffsetField);
  const size_t end = at + load<uint32_t>(ext, kLineOffsetField + 4);
  const size_t strings = load<uint32_t>(types, 4) + load<uint32_t>(types, kStringOffsetField);
  const uint32_t record_size = load<uint32_t>(ext, at);
  at += 4;
  while (at + 8 <= end && record_size >= 16) {
    llvm::StringRef name = types.substr(strings + load<uint32_t>(ext, at)).split('\0').first;
    const uint32_t count = load<uint32_t>(ext, at + 4);
    at += 8;
    plan::Program* const program = of_section(state.plan, name);
    for (uint32_t i = 0; i < count && at + record_size <= end; ++i, at += record_size) {
      const uint32_t place = load<uint32_t>(ext, at + 12);
      const uint32_t line = place >> 10, column = place & 1023;
      if (!program || line == 0) continue;
      const Span span{line - 1, line - 1 + column, FileId::Main};
      program->lines.push_back({load<uint32_t>(ext, at) / kInstructionSize, span});
    }
  }
}

class ProgramTaker {
 public:
  ProgramTaker(ModuleState& state, const Object& object, std::map<uint64_t, uint64_t> constants)
      : state_(state), object_(object), constants_(std::move(constants)) {}

  // The instructions of section "program.N".
  Result<void> take(const llvm::object::SectionRef& section) {
    plan::Program* program = program_of(section);
    if (!program) return {};
    llvm::Expected<llvm::StringRef> content = section.getContents();
    if (!content || content->size() % kInstructionSize != 0) return internal("unreadable program");
    program->instructions.resize(content->size() / kInstructionSize);
    std::memcpy(program->instructions.data(), content->data(), content->size());
    take_loads(*program);
    return {};
  }

  // Where the section's callbacks begin: functions that are not its first.
  Result<void> take_functions() {
    for (const llvm::object::ELFSymbolRef symbol : object_.symbols()) {
      if (symbol.getELFType() != llvm::ELF::STT_FUNC) continue;
      llvm::Expected<llvm::object::section_iterator> section = symbol.getSection();
      llvm::Expected<uint64_t> value = symbol.getValue();
      if (!section || !value) return internal("unreadable symbol");
      plan::Program* program = *section == object_.section_end() ? nullptr : program_of(**section);
      if (program && *value > 0)
        program->functions.push_back(static_cast<uint32_t>(*value / kInstructionSize));
    }
    for (plan::Program& program : state_.plan.programs)
      std::sort(program.functions.begin(), program.functions.end());
    return {};
  }

  // The relocations of such a section. Call after take() of all sections.
  Result<void> take_relocations(const llvm::object::SectionRef& section) {
    llvm::Expected<llvm::object::section_iterator> target = section.getRelocatedSection();
    if (!target) return internal("unreadable relocations");
    if (*target == object_.section_end()) return {};
    plan::Program* program = program_of(**target);
    if (!program) return {};
    for (const llvm::object::RelocationRef relocation : section.relocations())
      SCRY_TRY(take_relocation(*program, relocation));
    return {};
  }

 private:
  plan::Program* program_of(const llvm::object::SectionRef& section) {
    llvm::Expected<llvm::StringRef> name = section.getName();
    return name ? of_section(state_.plan, *name) : nullptr;
  }

  // Relocated loads stand with their placeholder as offset (module.h).
  void take_loads(plan::Program& program) {
    constexpr uint64_t kClassMask = 0x07, kLoad = 0x01;  // BPF_CLASS, BPF_LDX
    for (size_t i = 0; i < program.instructions.size(); ++i) {
      const uint64_t instruction = program.instructions[i];
      const auto offset = static_cast<uint32_t>(instruction >> 16 & 0xffff);
      const bool is_placeholder = offset >= kLoadPlaceholder && offset < 0x8000;
      if ((instruction & kClassMask) != kLoad || !is_placeholder) continue;
      plan::Relocation field = state_.relocated_loads[(offset - kLoadPlaceholder) / 8];
      field.instruction = static_cast<uint32_t>(i);
      program.relocations.push_back(std::move(field));
      program.instructions[i] = instruction & ~(uint64_t{0xffff} << 16);
    }
  }

  Result<void> take_relocation(plan::Program& program,
                               const llvm::object::RelocationRef& relocation) {
    const auto symbol = relocation.getSymbol();
    llvm::Expected<llvm::StringRef> name = symbol->getName();
    if (!name) return internal("unreadable symbol");
    const auto instruction = static_cast<uint32_t>(relocation.getOffset() / kInstructionSize);
    if (relocation.getType() != kRelocateImmediate)
      return internal(fmt::format("call of `{}`", name->str()));
    plan::Relocation found;
    unsigned number = 0;
    if (llvm::StringRef rest = *name; rest.consume_front("r.") && !rest.getAsInteger(10, number)) {
      found = state_.relocations[number];
    } else {
      llvm::Expected<llvm::object::section_iterator> section = symbol->getSection();
      llvm::Expected<uint64_t> value = symbol->getValue();
      if (!section || !value || *section == object_.section_end())
        return internal("unknown symbol " + name->str());
      if (program_of(**section) == &program) {
        take_function_address(program, instruction, *value);
        return {};
      }
      const auto place = constants_.find((*section)->getIndex());
      if (place == constants_.end()) return internal("data outside of constants");
      found = {plan::RelocationKind::MapValue, 0, read_only_map(), {}, {}};
      // The addend stands in the instruction's immediate, its upper 32 bits.
      program.instructions[instruction] += (place->second + *value) << 32;
    }
    found.instruction = instruction;
    program.relocations.push_back(std::move(found));
    return {};
  }

  // A callback's address, which the kernel knows by the distance to it, in instructions.
  static void take_function_address(plan::Program& program, uint32_t instruction, uint64_t value) {
    constexpr uint64_t kPseudoFunction = 4, kSourceShift = 12;  // BPF_PSEUDO_FUNC, in src_reg
    uint64_t& first = program.instructions[instruction];
    const uint64_t target = (value + (first >> 32)) / kInstructionSize;
    const auto distance = static_cast<uint32_t>(target - instruction - 1);
    first = (first & 0xffff'0fff) | kPseudoFunction << kSourceShift | uint64_t{distance} << 32;
  }

  uint32_t read_only_map() {
    if (read_only_map_ == plan::kNone) {
      plan::Map map;
      map.name = "constants";
      map.kind = plan::MapKind::Array;
      map.role = plan::MapRole::ReadOnly;
      map.value_size = static_cast<uint32_t>(round_up<size_t>(state_.plan.read_only.size()));
      read_only_map_ = state_.add_map(std::move(map));
    }
    return read_only_map_;
  }

  ModuleState& state_;
  const Object& object_;
  std::map<uint64_t, uint64_t> constants_;
  uint32_t read_only_map_ = plan::kNone;
};

Result<void> take_programs(ModuleState& state, llvm::StringRef bytes) {
  auto object = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(bytes, "bpf"));
  if (!object) return internal("unreadable object");
  const auto* elf = llvm::dyn_cast<Object>(object->get());
  if (!elf) return internal("unexpected object format");
  SCRY_TRY_ASSIGN(auto constants, take_constants(state, *elf));
  ProgramTaker taker(state, *elf, std::move(constants));
  for (const llvm::object::SectionRef section : elf->sections()) SCRY_TRY(taker.take(section));
  SCRY_TRY(taker.take_functions());
  for (const llvm::object::SectionRef section : elf->sections())
    SCRY_TRY(taker.take_relocations(section));
  llvm::StringRef types, ext;
  for (const llvm::object::SectionRef section : elf->sections()) {
    llvm::Expected<llvm::StringRef> name = section.getName();
    llvm::Expected<llvm::StringRef> content = section.getContents();
    if (!name || !content) return internal("unreadable section");
    if (*name == ".BTF") types = *content;
    if (*name == ".BTF.ext") ext = *content;
  }
  take_lines(state, types, ext);
  return {};
}

// LLVM's back end reports what BPF cannot do (a call with too many arguments, too much stack) here.
struct BackendErrors final : llvm::DiagnosticHandler {
  std::string text;
  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() != llvm::DS_Error) return true;
    llvm::raw_string_ostream out(text);
    llvm::DiagnosticPrinterRawOStream printer(out);
    info.print(printer);
    return true;
  }
};

// What LLVM cannot do at all it tells here, and then ends the process: there is no way back. In our programs
// that is a jump over more than 32,767 instructions, so the message is about that.
[[noreturn]] void end_with_message(void*, const char* reason, bool) {
  std::fprintf(
      stderr,
      "ERROR: a probe of the script is too large: its program would need jumps that BPF lacks\n"
      "HINT: split the body into several probes; they run in their order (LLVM: %s)\n",
      reason);
  std::fflush(stderr);
  std::_Exit(1);
}

}  // namespace

Result<void> emit(ModuleState& state, const Options& options) {
  auto handler = std::make_unique<BackendErrors>();
  BackendErrors& errors = *handler;
  state.context.setDiagnosticHandler(std::move(handler));
  llvm::install_fatal_error_handler(end_with_message);
  const std::unique_ptr<llvm::TargetMachine> target = make_target();
  state.module->setDataLayout(target->createDataLayout());
  if (options.ir) *options.ir = text_of(*state.module);
#ifdef NDEBUG
  const bool verifies = options.verifies_module;
#else
  const bool verifies = true;
#endif
  std::string broken;
  llvm::raw_string_ostream out(broken);
  if (verifies && llvm::verifyModule(*state.module, &out)) return internal(broken);
  optimize(*state.module, *target);
  if (options.optimized_ir) *options.optimized_ir = text_of(*state.module);
  const llvm::SmallVector<char, 0> object = make_object(*state.module, *target);
  if (!errors.text.empty()) return Error{errors.text, 0, {}};
  if (options.object) options.object->assign(object.data(), object.size());
  return take_programs(state, llvm::StringRef(object.data(), object.size()));
}

plan::Plan generate(const hir::Program& program, const SourceMap& sources, const Options& options,
                    Diagnostics& diags) {
  ModuleState state(program, diags);
  state.tells_failures = options.tells_failures;
  state.plan.built_by = "scry " SCRY_VERSION;
  state.plan.source_name = sources.main().name();
  state.plan.source = sources.main().text();
  state.plan.formats = program.formats;
  state.plan.parameter_count = program.parameter_count;
  state.plan.config = program.config.settings();
  state.plan.enums = program.enums;
  lower_probes(state);
  if (Result<void> emitted = emit(state, options); !emitted)
    diags.add<diag::Id::CodeGeneration>(Span{}, emitted.error().message());
  return std::move(state.plan);
}

}  // namespace scry::codegen
