// What the running kernel can do, found by trying: a tiny program is loaded, a link is made and dropped again.
// Versions are never compared, since distributions backport and configure. Each answer is found when first asked
// for, then kept. Nothing stays in the kernel.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

#include "kernel/facts.h"

namespace scry::kernel {

enum class Feature : uint8_t {
#define FEATURE(id, section, name, since, summary) id,
#include "kernel/features.def"
};

enum class FeatureSection : uint8_t { Helpers, Kernel, Probes };

struct FeatureRow {
  Feature id;
  FeatureSection section;
  std::string_view name, since, summary;
};

std::span<const FeatureRow> feature_rows();

// Unknown: we may not try, for want of privileges.
enum class Support : uint8_t { No, Yes, Unknown };

class Features {
 public:
  // `facts` outlives this.
  explicit Features(KernelFacts& facts) : facts_(facts) {}

  Support has(Feature feature);

 private:
  KernelFacts& facts_;
  std::map<Feature, Support> known_;
};

}  // namespace scry::kernel
