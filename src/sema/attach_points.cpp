#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/strings.h"
#include "sema/attach_resolver.h"

namespace scry::sema {

using diag::Id;
using lang::AttachPoint;
using lang::ProbeKind;

diag::Diagnostic* Resolver::no_matches(const std::string& pattern) {
  const char* kind = lang::row(point.kind).name;
  const std::string& choice = config.text(lang::ConfigKey::MissingProbes);
  if (choice == "error") return &report<Id::NoMatches>(source.span, kind, pattern);
  if (choice == "warn") report<Id::NoMatchesSkipped>(source.span, kind, pattern);
  return nullptr;
}

std::string Resolver::with_parameters(const std::string& text, Span span) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
    uint32_t number = 0;
    const bool is_parameter =
        text[i] == '$' && end > i + 1 &&
        std::from_chars(&text[i + 1], text.data() + end, number).ec == std::errc() && number > 0;
    if (!is_parameter) {
      out += text[i++];
      continue;
    }
    parameter_count = std::max(parameter_count, number);
    if (!options.parameters)
      out += text.substr(i, end - i);
    else if (number <= options.parameters->size())
      out += (*options.parameters)[number - 1];
    else
      report<Id::MissingParameter>(span, number);
    i = end;
  }
  return out;
}

void Resolver::read_parts() {
  for (const ast::AttachPart& part : source.args) {
    Part resolved{"", part.span};
    for (const ast::AttachPart::Piece& piece : part.pieces)
      resolved.text += piece.is_quoted ? piece.text : with_parameters(piece.text, part.span);
    point.text += ":" + resolved.text;
    parts.push_back(std::move(resolved));
  }
}

bool Resolver::check_count(const lang::ProbeRow& row) {
  const size_t given = parts.size();
  if (given >= row.least_parts && given <= row.most_parts) return true;
  std::string wanted = row.least_parts == row.most_parts
                           ? fmt::format("{}", row.most_parts)
                           : fmt::format("{} or {}", row.least_parts, row.most_parts);
  wanted += row.most_parts == 1 ? " argument" : " arguments";
  report<Id::AttachPointParts>(source.span, row.name, wanted, given)
      .hint(fmt::format("write it as `{}`", row.shape));
  return false;
}

bool Resolver::resolve(std::vector<AttachPoint>& out) {
  const std::string provider = source.provider.text();
  const auto kind = lang::find_probe_kind(provider);
  if (!kind) {
    auto& d = report<Id::UnknownProbeKind>(source.provider.span, provider);
    if (const auto near = nearest(to_lower(provider), lang::probe_names()))
      d.hint(fmt::format("did you mean `{}`?", *near));
    return false;
  }
  const lang::ProbeRow& row = lang::row(*kind);
  if (row.state == lang::State::Planned) {
    report<Id::NotSupportedYet>(source.span, fmt::format("`{}`", row.name));
    return false;
  }
  point.kind = *kind;
  point.span = source.span;
  point.text = row.name;
  read_parts();
  if (!check_count(row)) return false;
  if (*kind == ProbeKind::Tracepoint) return tracepoint(out);
  if (*kind == ProbeKind::RawTracepoint && !raw_tracepoint()) return false;
  if ((*kind == ProbeKind::Fentry || *kind == ProbeKind::Fexit) && !typed_function()) return false;
  const bool is_timer = *kind == ProbeKind::Interval || *kind == ProbeKind::Profile;
  if (is_timer && !interval()) return false;
  if (*kind == ProbeKind::Software && !software()) return false;
  if ((*kind == ProbeKind::Uprobe || *kind == ProbeKind::Uretprobe) && !uprobe()) return false;
  if (*kind == ProbeKind::Usdt && !static_probe()) return false;
  if ((*kind == ProbeKind::Kprobe || *kind == ProbeKind::Kretprobe) && !kernel_function())
    return false;
  out.push_back(point);
  return true;
}

// The pattern as an automaton: after each byte of the prefix, the places in the pattern where a match can
// stand. What is left of the pattern from those places is the answer.
std::vector<std::string> split_pattern(std::string_view pattern, std::string_view prefix) {
  const auto through_stars = [&](std::vector<bool>& at) {
    for (size_t i = 0; i < pattern.size(); ++i)
      if (at[i] && pattern[i] == '*') at[i + 1] = true;
  };
  std::vector<bool> at(pattern.size() + 1, false);
  at[0] = true;
  for (const char c : prefix) {
    through_stars(at);
    std::vector<bool> next(pattern.size() + 1, false);
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (!at[i]) continue;
      if (pattern[i] == '*')
        next[i] = true;
      else if (pattern[i] == c)
        next[i + 1] = true;
    }
    at = std::move(next);
  }
  std::vector<std::string> rests;
  for (size_t i = 0; i <= pattern.size(); ++i) {
    if (!at[i]) continue;
    const std::string rest(pattern.substr(i));
    const bool is_covered =
        std::any_of(rests.begin(), rests.end(),
                    [&](const std::string& earlier) { return matches_wildcard(earlier, rest); });
    if (!is_covered && !rest.empty()) rests.push_back(rest);
  }
  return rests;
}

std::vector<AttachPoint> resolve_attach_points(const ast::Probe& clause, kernel::KernelFacts& facts,
                                               const Options& options, const lang::Config& config,
                                               uint32_t& parameter_count, Diagnostics& diags) {
  const size_t errors = diags.error_count();
  std::vector<AttachPoint> points;
  for (const ast::AttachPoint& source : clause.attach_points) {
    std::vector<AttachPoint> own;
    Resolver resolver{source, facts, options, config, parameter_count, diags, {}, {}};
    if (resolver.resolve(own)) points.insert(points.end(), own.begin(), own.end());
  }
  const bool is_removed = points.empty() && diags.error_count() == errors;
  if (is_removed && config.is(lang::ConfigKey::MissingProbes, "warn"))
    diags.add<Id::ProbeRemoved>(clause.attach_points.front().span);
  return points;
}

std::vector<std::vector<AttachPoint>> group_attach_points(std::vector<AttachPoint> points,
                                                          bool is_one_each) {
  std::vector<std::vector<AttachPoint>> groups;
  for (AttachPoint& point : points) {
    const auto fits = [&](const std::vector<AttachPoint>& group) {
      const AttachPoint& first = group.front();
      return !is_one_each && first.kind == point.kind && first.is_syscall() == point.is_syscall() &&
             first.is_syscall_enter() == point.is_syscall_enter();
    };
    const auto group = std::find_if(groups.begin(), groups.end(), fits);
    if (group == groups.end())
      groups.push_back({std::move(point)});
    else
      group->push_back(std::move(point));
  }
  return groups;
}

}  // namespace scry::sema
