#include "driver/list/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "driver/list/family.h"

namespace scry::driver {

using lang::ProbeKind;

namespace {

// Kinds that are missing have no names to list: begin, end, addresses.
constexpr ListFamily kFamilies[] = {
    {ProbeKind::Fentry, true, list_kernel_functions},
    {ProbeKind::Fexit, false, list_kernel_functions},
    {ProbeKind::Hardware, true, list_events},
    {ProbeKind::Interval, false, list_timers},
    {ProbeKind::Iter, true, list_iterators},
    {ProbeKind::Kprobe, true, list_kernel_functions},
    {ProbeKind::Kretprobe, false, list_kernel_functions},
    {ProbeKind::Profile, false, list_timers},
    {ProbeKind::RawTracepoint, true, list_raw_tracepoints},
    {ProbeKind::Software, true, list_events},
    {ProbeKind::Tracepoint, true, list_tracepoints},
    {ProbeKind::Uprobe, false, list_user_functions},
    {ProbeKind::Uretprobe, false, list_user_functions},
    {ProbeKind::Usdt, false, list_static_probes},
};

class Lister {
 public:
  Lister(const ListOptions& options, kernel::KernelFacts& facts)
      : options_(options), facts_(facts), features_(facts) {}

  // Names are sorted within a pattern; one that an earlier pattern had is left out.
  void add(const std::string& pattern) {
    found_.clear();
    if (is_type_pattern(pattern))
      note(list_types(pattern, options_, facts_, found_));
    else
      add_probes(pattern);
    std::sort(found_.begin(), found_.end(),
              [](const Listed& a, const Listed& b) { return a.name < b.name; });
    const auto is_same = [](const Listed& a, const Listed& b) { return a.name == b.name; };
    found_.erase(std::unique(found_.begin(), found_.end(), is_same), found_.end());
    for (Listed& one : found_) {
      if (options_.patterns.size() > 1 && !seen_.insert(one.name).second) continue;
      listing_.text += one.name + '\n';
      for (const std::string& detail : one.details) listing_.text += "    " + detail + '\n';
    }
  }

  Listing finish() { return std::move(listing_); }

 private:
  void add_probes(const std::string& pattern) {
    const size_t colon = pattern.find(':');
    const auto kind =
        colon == pattern.npos ? std::nullopt : lang::find_probe_kind(pattern.substr(0, colon));
    for (const ListFamily& family : kFamilies) {
      if (kind ? family.kind != *kind : !family.is_default) continue;
      const std::string_view provider = lang::row(family.kind).name;
      const std::string whole = kind ? std::string(provider) + pattern.substr(colon) : pattern;
      Search search{family.kind, provider, whole,     kind.has_value(),
                    options_,    facts_,   features_, found_};
      note(family.list(search));
    }
  }

  // The same trouble is told once.
  void note(Result<void> result) {
    if (result) return;
    for (const Error& known : listing_.troubles)
      if (known.message() == result.error().message()) return;
    listing_.troubles.push_back(std::move(result).error());
  }

  const ListOptions& options_;
  kernel::KernelFacts& facts_;
  kernel::Features features_;
  std::vector<Listed> found_;
  std::set<std::string> seen_;
  Listing listing_;
};

bool has_count(ProbeKind kind) {
  return kind == ProbeKind::Interval || kind == ProbeKind::Profile || kind == ProbeKind::Software ||
         kind == ProbeKind::Hardware;
}

}  // namespace

bool Search::matches(std::string_view name) const { return matches_wildcard(pattern, name); }

Listing list(const ListOptions& options, kernel::KernelFacts& facts) {
  Lister lister(options, facts);
  if (options.patterns.empty()) lister.add("*");
  for (const std::string& pattern : options.patterns) lister.add(pattern);
  return lister.finish();
}

Error nothing_matches(const std::string& pattern) {
  Error error{"nothing matches `" + pattern + "`", 0, {}};
  if (has_wildcard(pattern)) return error;
  const auto kind = lang::find_probe_kind(pattern);
  const bool is_listed = kind && std::any_of(std::begin(kFamilies), std::end(kFamilies),
                                             [&](auto& family) { return family.kind == *kind; });
  if (is_listed)
    error.hint = fmt::format("scry -l '{}:*'", lang::row(*kind).name);
  else if (!kind)
    error.hint = fmt::format("`*` stands for anything: scry -l '*{}*'", pattern);
  return error;
}

std::vector<std::string> patterns_of(const ast::Script& script) {
  std::vector<std::string> patterns;
  for (const ast::Item& item : script.items) {
    const auto* probe = std::get_if<ast::Probe>(&item);
    if (!probe) continue;
    for (const ast::AttachPoint& point : probe->attach_points) {
      const auto kind = lang::find_probe_kind(point.provider.text());
      std::string pattern = point.provider.text();
      if (kind && has_count(*kind) && !point.args.empty()) {
        // Listed without how often: `interval:s:`; `interval:10s` has both in one part.
        const std::string first = point.args.front().text();
        pattern += ":" +
                   first.substr(std::min(first.find_first_not_of("0123456789_"), first.size())) +
                   ":";
      } else {
        for (const ast::AttachPart& part : point.args) pattern += ":" + part.text();
      }
      patterns.push_back(std::move(pattern));
    }
  }
  return patterns;
}

}  // namespace scry::driver
