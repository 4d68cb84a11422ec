#include "codegen/module.h"

#include <algorithm>

#include "base/bytes.h"

namespace scry::codegen {

namespace {

// Bytes. A larger ring takes longer to make (0.3 ms for each MiB), and its pages count as the run's.
constexpr uint32_t kSmallRing = 256 << 10, kRing = 1 << 20, kLargestRing = 16 << 20;
// Different stacks that a run keeps. Memory is taken as they come: this is the most.
constexpr uint32_t kStackBytes = 64 << 20, kLeastStacks = 1024, kMostStacks = 65536;
constexpr uint32_t kRecordsInRing = 256;  // of the largest kind, so that a burst fits

}  // namespace

ModuleState::ModuleState(const hir::Program& program, Diagnostics& diags)
    : program(program),
      diags(diags),
      module(std::make_unique<llvm::Module>("scry", context)),
      debug_(*module) {
  module->setTargetTriple("bpf");
  module->addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  debug_file_ = debug_.createFile("script", "");
  debug_.createCompileUnit(llvm::dwarf::DW_LANG_C, debug_file_, "scry", true, "", 0, {},
                           llvm::DICompileUnit::LineTablesOnly);
}

llvm::DISubprogram* ModuleState::debug_scope(llvm::Function& function) {
  llvm::DISubprogram* scope =
      debug_.createFunction(debug_file_, function.getName(), {}, debug_file_, 1,
                            debug_.createSubroutineType(debug_.getOrCreateTypeArray({})), 1,
                            llvm::DINode::FlagZero, llvm::DISubprogram::SPFlagDefinition);
  function.setSubprogram(scope);
  return scope;
}

llvm::GlobalVariable* ModuleState::symbol(const plan::Relocation& r) {
  auto& found = symbols_[{static_cast<int>(r.kind), r.id, r.type, r.path}];
  if (!found) {
    found = new llvm::GlobalVariable(*module, llvm::Type::getInt8Ty(context), false,
                                     llvm::GlobalValue::ExternalWeakLinkage, nullptr,
                                     "r." + std::to_string(relocations.size()));
    // Map values are 8-aligned; numbers may be anything.
    const bool is_address = r.kind == plan::RelocationKind::MapValue;
    found->setAlignment(llvm::Align(is_address ? 8 : 1));
    relocations.push_back(r);
  }
  return found;
}

llvm::Constant* ModuleState::relocated(plan::RelocationKind kind, uint32_t id, std::string type,
                                       std::string path) {
  return llvm::ConstantExpr::getPtrToInt(symbol({kind, 0, id, std::move(type), std::move(path)}),
                                         llvm::Type::getInt64Ty(context));
}

uint32_t ModuleState::load_placeholder(plan::Relocation relocation) {
  constexpr size_t kMost = (0x8000 - kLoadPlaceholder) / 8;
  if (relocated_loads.size() == kMost)
    diags.add<diag::Id::CodeGeneration>(
        Span{}, "too many uses of `args` and of structs' members; assign them to variables");
  else
    relocated_loads.push_back(std::move(relocation));
  return kLoadPlaceholder + 8 * static_cast<uint32_t>(relocated_loads.size() - 1);
}

llvm::Constant* ModuleState::map_fd(uint32_t map) {
  return symbol({plan::RelocationKind::MapFd, 0, map, {}, {}});
}

llvm::Constant* ModuleState::map_value(uint32_t map, uint32_t offset) {
  llvm::Constant* base = symbol({plan::RelocationKind::MapValue, 0, map, {}, {}});
  if (offset == 0) return base;
  return llvm::ConstantExpr::getGetElementPtr(
      llvm::Type::getInt8Ty(context), base,
      llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), offset));
}

uint32_t ModuleState::add_map(plan::Map map) {
  plan.maps.push_back(std::move(map));
  return static_cast<uint32_t>(plan.maps.size() - 1);
}

uint32_t ModuleState::internal_map(plan::MapRole role, const char* name, plan::MapKind kind,
                                   uint32_t value_size) {
  if (const auto found = internal_maps_.find(role); found != internal_maps_.end())
    return found->second;
  plan::Map map;
  map.name = name;
  map.kind = kind;
  map.role = role;
  map.value_size = value_size;
  return internal_maps_[role] = add_map(std::move(map));
}

uint32_t ModuleState::state_map() {
  return internal_map(plan::MapRole::State, "state", plan::MapKind::Array, sizeof(plan::RunState));
}

llvm::Constant* ModuleState::loss_counter(const plan::LossCounter& counter) {
  const auto found = std::find(plan.counters.begin(), plan.counters.end(), counter);
  const auto index = static_cast<uint32_t>(found - plan.counters.begin());
  if (found == plan.counters.end()) plan.counters.push_back(counter);
  const uint32_t map = state_map();
  plan.maps[map].value_size = plan::state_size(plan);
  return map_value(map, plan::counter_offset(index));
}

uint32_t ModuleState::ring_map() {
  const uint32_t id = internal_map(plan::MapRole::Ring, "events", plan::MapKind::RingBuffer, 0);
  plan.maps[id].key_size = 0;
  plan.maps[id].max_entries = std::max(plan.maps[id].max_entries, kSmallRing);
  return id;
}

uint32_t ModuleState::parameter_map() {
  return internal_map(plan::MapRole::Parameters, "parameters", plan::MapKind::Array,
                      plan::kParameterSize * std::max(1u, program.parameter_count));
}

uint32_t ModuleState::scratch_map() {
  return internal_map(plan::MapRole::Scratch, "scratch", plan::MapKind::Array,
                      plan::kScratchHeader);
}

uint32_t ModuleState::static_places_map() {
  return internal_map(plan::MapRole::StaticPlaces, "places", plan::MapKind::Array,
                      sizeof(plan::StaticPlace));
}

uint32_t ModuleState::stack_map() {
  const uint32_t value_size = 8 + 8 * program.most_frames;
  const uint32_t id =
      internal_map(plan::MapRole::Stacks, "stacks", plan::MapKind::Hash, value_size);
  plan.maps[id].key_size = 8;
  plan.maps[id].max_entries = std::clamp(kStackBytes / value_size, kLeastStacks, kMostStacks);
  return id;
}

void ModuleState::need_scratch(uint32_t size) {
  plan::Map& map = plan.maps[scratch_map()];
  map.value_size = std::max(map.value_size, plan::kScratchHeader + round_up(size));
}

void ModuleState::need_ring(uint32_t record_size, lang::ProbeKind from) {
  using lang::ProbeKind;
  plan::Map& map = plan.maps[ring_map()];
  const bool is_rare =
      from == ProbeKind::Begin || from == ProbeKind::End || from == ProbeKind::Interval;
  if (!is_rare) map.max_entries = std::max(map.max_entries, kRing);
  while (map.max_entries < kLargestRing && map.max_entries / kRecordsInRing < record_size)
    map.max_entries *= 2;
}

llvm::Constant* ModuleState::constant_bytes(const std::string& bytes) {
  llvm::Constant*& found = constants_[bytes];
  if (!found) {
    llvm::Constant* data = llvm::ConstantDataArray::getString(context, bytes, false);
    auto* global = new llvm::GlobalVariable(*module, data->getType(), true,
                                            llvm::GlobalValue::InternalLinkage, data, "c");
    global->setAlignment(llvm::Align(8));
    found = global;
  }
  return found;
}

llvm::Constant* ModuleState::zeros(uint32_t size) {
  return constant_bytes(std::string(round_up(size), '\0'));
}

}  // namespace scry::codegen
