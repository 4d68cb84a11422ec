// The text renderer: the shapes that bpftrace's users know.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "runtime/output/printer.h"

namespace scry::runtime {

namespace {

constexpr int kBarWidth = 52;

// 1024 is 1K, 1536 is 1536: a suffix only where nothing is lost.
std::string label_number(const Integer& number) {
  constexpr std::string_view suffixes = "KMGTPE";
  if (number.is_negative()) return to_text(number);
  uint64_t value = number.bits;
  size_t power = 0;
  while (value != 0 && value % 1024 == 0 && power < suffixes.size()) value /= 1024, ++power;
  return power == 0 ? fmt::to_string(value) : fmt::format("{}{}", value, suffixes[power - 1]);
}

bool is_single(const Bucket& bucket) {
  return bucket.min && bucket.end && bucket.end->bits - bucket.min->bits == 1;
}

std::string label(const Bucket& bucket, bool is_linear) {
  if (!bucket.min) return fmt::format("(..., {})", label_number(*bucket.end));
  if (!bucket.end)
    return fmt::format("[{}, {})", label_number(*bucket.min), is_linear ? "..." : "16E");
  if (is_single(bucket) && !is_linear) return fmt::format("[{}]", label_number(*bucket.min));
  return fmt::format("[{}, {})", label_number(*bucket.min), label_number(*bucket.end));
}

class TextPrinter final : public Printer {
 public:
  using Printer::Printer;

  void text(std::string_view source, std::string_view text) override {
    const bool is_line = source == kJoinText || source == kSystemText;
    if (is_line)
      sink().write(std::string(text) + "\n");  // as one
    else
      sink().write(text);
  }
  // On stderr, after what stands before it.
  void message(const Message& m) override {
    static_cast<void>(sink().flush());
    const std::string_view body = m.text.ends_with('\n')
                                      ? std::string_view(m.text).substr(0, m.text.size() - 1)
                                      : std::string_view(m.text);
    std::fputs(fmt::format("{}{}: {}\n", m.place, m.is_error ? "ERROR" : "WARNING", body).c_str(),
               stderr);
  }

  void value(const Value& value) override { sink().write(to_text(value) + "\n"); }

  void map(const MapContent& map, const PrintLimits& limits, bool is_at_exit) override {
    if (map.is_scalar && map.entries.empty() && !is_at_exit && !is_histogram(map.value_type)) {
      entry(map, {{}, zero_value(map.value_type)});
      return;
    }
    for (const MapContent::Entry& e : ordered(map, limits)) entry(map, e);
  }

  void attached(size_t) override {}
  void lost_events(uint64_t) override {}
  void losses(const std::vector<Loss>&, const SourceFile&) override {}
  void end_of_events() override { sink().write("\n\n"); }

 private:
  void entry(const MapContent& map, const MapContent::Entry& e) {
    std::string name = map.name;
    if (!map.is_scalar) name += "[" + key_text(e.key) + "]";
    if (const Histogram* histogram = std::get_if<Histogram>(&e.value.data))
      sink().write(name + ":\n" + rows(*histogram, map.value_type.is(types::Kind::Lhist)) + "\n");
    else
      sink().write(name + ": " + to_text(e.value) + "\n");
  }

  static std::string rows(const Histogram& histogram, bool is_linear) {
    uint64_t most = 1;
    for (const Bucket& bucket : histogram.buckets) most = std::max(most, bucket.count);
    std::string text;
    for (const Bucket& bucket : histogram.buckets) {
      const auto length =
          static_cast<size_t>(static_cast<unsigned __int128>(bucket.count) * kBarWidth / most);
      text += fmt::format("{:<16}{:>8} |{:<52}|\n", label(bucket, is_linear), bucket.count,
                          std::string(length, '@'));
    }
    return text;
  }
};

}  // namespace

std::unique_ptr<Printer> make_text_printer(Sink& sink) {
  return std::make_unique<TextPrinter>(sink);
}

}  // namespace scry::runtime
