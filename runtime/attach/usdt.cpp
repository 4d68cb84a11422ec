// usdt: the static probes of programs and libraries. Each of a probe's places has its own cookie, by which the
// program finds how to come by the arguments there (plan::StaticPlace).
#include <map>

#include "base/strings.h"
#include "runtime/attach/uprobe.h"

namespace scry::runtime {

namespace {

struct Pattern {
  std::string provider, name;
};

Pattern pattern_of(const lang::AttachPoint& point) {
  const size_t colon = point.name.find(':');
  if (colon == point.name.npos) return {"*", point.name};
  return {point.name.substr(0, colon), point.name.substr(colon + 1)};
}

Result<void> no_match(ResolveContext& context, const lang::AttachPoint& point,
                      const std::vector<target::ElfFile>& files) {
  const Pattern wanted = pattern_of(point);
  const bool is_one = !has_wildcard(point.target);
  std::vector<std::string> names;
  for (const target::ElfFile& file : files)
    for (target::StaticProbe& probe : file.static_probes("*", "*"))
      names.push_back(std::move(probe.name));
  std::string hint;
  if (names.empty())
    hint = is_one ? "the file has no static probes" : "the files have no static probes";
  else if (const auto near = nearest(wanted.name, names))
    hint = "did you mean `" + *near + "`?";
  return no_matches(
      context, point,
      (is_one ? files.front().path() : point.target) + ":" + wanted.provider + ":" + wanted.name,
      std::move(hint));
}

// As many arguments as the program reads.
Result<std::vector<target::StaticArgument>> read_arguments(const target::StaticProbe& probe,
                                                           const std::string& name,
                                                           uint32_t wanted) {
  std::vector<target::StaticArgument> arguments;
  for (const std::string& text : split(probe.arguments, ' ')) {
    if (text.empty() || arguments.size() == wanted) continue;
    auto argument = target::parse_static_argument(text);
    if (!argument)
      return Error{"Unable to attach probe: " + name + "; " + argument.error().what, 0, {}};
    arguments.push_back(std::move(argument).value());
  }
  if (arguments.size() < wanted)
    return Error{"Unable to attach probe: " + name + "; it has " +
                     std::to_string(arguments.size()) + " arguments, and arg" +
                     std::to_string(wanted - 1) + " is used",
                 0,
                 {}};
  return arguments;
}

// The probes of one file, each with all its places.
Result<void> resolve_in(const target::ElfFile& elf, const Pattern& wanted, uint32_t argument_count,
                        std::vector<Match>& matches) {
  std::map<std::string, size_t> known;  // match by name
  for (const target::StaticProbe& probe : elf.static_probes(wanted.provider, wanted.name)) {
    const std::string name = "usdt:" + elf.path() + ":" + probe.provider + ":" + probe.name;
    const auto [found, is_new] = known.emplace(name, matches.size());
    if (is_new) {
      Match& match = matches.emplace_back();
      match.name = name;
      match.path = elf.path();
    }
    SCRY_TRY_ASSIGN(auto arguments, read_arguments(probe, name, argument_count));
    matches[found->second].places.push_back(
        {probe.offset, probe.semaphore_offset, std::move(arguments)});
  }
  return {};
}

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  SCRY_TRY_ASSIGN(const auto files, open_binaries(point, context.pid));
  const size_t before = matches.size();
  const uint32_t argument_count = context.plan.probes[context.probe].argument_count;
  for (const target::ElfFile& file : files)
    SCRY_TRY(resolve_in(file, pattern_of(point), argument_count, matches));
  if (matches.size() == before) return no_match(context, point, files);
  return {};
}

Result<void> attach(const std::vector<const Match*>& matches, const AttachContext& context,
                    std::vector<Fd>& attachments) {
  UserPlaces places;
  for (const Match* match : matches) {
    uint32_t cookie = match->first_place;
    for (const StaticPlace& place : match->places)
      places[match->path].push_back({match, place.offset, cookie++, place.semaphore_offset});
  }
  return attach_user_places(places, false, program_of(*matches[0], context), context, attachments);
}

}  // namespace

const Family kUsdtFamily = {resolve, attach};

}  // namespace scry::runtime
