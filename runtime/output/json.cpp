// The JSON renderer: one object a line. Strings are escaped by the library; the frame is ours, since its
// spacing is what users' scripts match.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/output/printer.h"

namespace scry::runtime {

namespace {

std::string json_string(std::string_view text) {
  using nlohmann::json;
  return json(std::string(text)).dump(-1, ' ', true, json::error_handler_t::replace);
}

// Numbers that a double cannot hold are strings: most readers of JSON have only doubles.
std::string number(const Integer& integer) {
  const std::string text = to_text(integer);
  const bool is_exact =
      integer.is_signed
          ? static_cast<__int128>(static_cast<double>(static_cast<int64_t>(integer.bits))) ==
                static_cast<int64_t>(integer.bits)
          : static_cast<unsigned __int128>(static_cast<double>(integer.bits)) == integer.bits;
  return is_exact ? text : "\"" + text + "\"";
}

std::string json_of(const Value& value);

std::string json_of(const Histogram& histogram) {
  std::string text;
  for (const Bucket& bucket : histogram.buckets) {
    std::string row;
    if (bucket.min) row += fmt::format("\"min\": {}, ", number(*bucket.min));
    if (bucket.end)
      row += fmt::format("\"max\": {}, ", number({bucket.end->bits - 1, bucket.end->is_signed}));
    text += fmt::format("{}{{{}\"count\": {}}}", text.empty() ? "" : ",", row, bucket.count);
  }
  return "[" + text + "]";
}

std::string json_of(const Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) { return "null"; }
    std::string operator()(bool v) { return v ? "true" : "false"; }
    std::string operator()(const Integer& v) { return number(v); }
    // As bpftrace has it: the name stands in keys only.
    std::string operator()(const Constant& v) { return number(v.number); }
    std::string operator()(const Address& v) { return number({v.value, false}); }
    std::string operator()(const std::string& v) { return json_string(v); }
    std::string operator()(const Tuple& v) {
      std::string list;
      for (const Value& element : v.elements) list += (list.empty() ? "" : ",") + json_of(element);
      return "[" + list + "]";
    }
    std::string operator()(const Average& v) {
      if (!v.is_stats) return number(quotient(v));
      return fmt::format("{{\"count\": {}, \"average\": {}, \"total\": {}}}",
                         number({v.count, false}), number(quotient(v)), number(v.total));
    }
    std::string operator()(const Histogram& v) { return json_of(v); }
    std::string operator()(const Stack& v) { return json_string(to_text(v, v.indent)); }
    std::string operator()(const Bytes& v) {
      std::string list;
      for (const char c : v.bytes)
        list += fmt::format("{}{}", list.empty() ? "" : ",", static_cast<unsigned char>(c));
      return "[" + list + "]";
    }
  };
  return std::visit(Visitor{}, value.data);
}

std::string key_text_of(const Value& key) {
  const Stack* stack = std::get_if<Stack>(&key.data);
  return stack ? to_text(*stack, "") : to_text(key);
}

// A key is the name of a JSON member: its text, elements joined with commas.
std::string key_of(const Value& key) {
  const Tuple* tuple = std::get_if<Tuple>(&key.data);
  if (!tuple || tuple->is_array) return json_string(key_text_of(key));
  std::string text;
  for (size_t i = 0; i < tuple->elements.size(); ++i)
    text += (i == 0 ? "" : ",") + key_text_of(tuple->elements[i]);
  return json_string(text);
}

const char* map_shape(const Type& type) {
  if (is_histogram(type)) return "hist";
  if (type.is(types::Kind::Avg) || type.is(types::Kind::Stats)) return "stats";
  return "map";
}

class JsonPrinter final : public Printer {
 public:
  using Printer::Printer;

  void text(std::string_view source, std::string_view text) override {
    line(source, json_string(text));
  }
  void message(const Message& m) override {
    sink().write(
        fmt::format("{{\"type\": \"{}\", \"msg\": {}, \"filename\": {}, \"line\": {}, "
                    "\"col\": {}}}\n",
                    m.is_error ? "errorf" : "warnf", json_string(m.text), json_string(m.file),
                    m.line, m.column));
  }
  void value(const Value& value) override { line("value", json_of(value)); }

  void map(const MapContent& map, const PrintLimits& limits, bool is_at_exit) override {
    const char* shape = map_shape(map.value_type);
    if (map.is_scalar) {
      if (map.entries.empty() && (is_at_exit || is_histogram(map.value_type))) return;
      const Value value =
          map.entries.empty() ? zero_value(map.value_type) : ordered(map, limits)[0].value;
      line(shape, fmt::format("{{{}: {}}}", json_string(map.name), json_of(value)));
      return;
    }
    std::string members;
    for (const MapContent::Entry& e : ordered(map, limits))
      members +=
          fmt::format("{}{}: {}", members.empty() ? "" : ", ", key_of(e.key), json_of(e.value));
    if (!members.empty())
      line(shape, fmt::format("{{{}: {{{}}}}}", json_string(map.name), members));
  }

  void attached(size_t probe_count) override {
    sink().write(fmt::format(
        "{{\"type\": \"attached_probes\", \"count\": {0}, \"data\": {{\"probes\": {0}}}}}\n",
        probe_count));
  }

  void lost_events(uint64_t count) override {
    sink().write(fmt::format(
        "{{\"type\": \"lost_events\", \"count\": {0}, \"data\": {{\"events\": {0}}}}}\n", count));
  }

  void losses(const std::vector<Loss>& losses, const SourceFile& source) override {
    std::string list;
    for (const Loss& loss : losses) {
      const Location place = source.location(loss.span.begin);
      std::string map;
      if (!loss.map.empty()) map = fmt::format("\"map\": {}, ", json_string(loss.map));
      list += fmt::format(
          "{}{{\"kind\": \"{}\", \"count\": {}, \"probe\": {}, {}\"filename\": {}, \"line\": {}, "
          "\"col\": {}, \"msg\": {}}}",
          list.empty() ? "" : ", ", loss.kind, loss.count, json_string(loss.probe), map,
          json_string(source.name()), place.line, place.column, json_string(loss.text));
    }
    if (!list.empty()) line("losses", "[" + list + "]");
  }

  void end_of_events() override {}

 private:
  void line(std::string_view type, const std::string& data) {
    sink().write(fmt::format("{{\"type\": \"{}\", \"data\": {}}}\n", type, data));
  }
};

}  // namespace

std::unique_ptr<Printer> make_json_printer(Sink& sink) {
  return std::make_unique<JsonPrinter>(sink);
}

}  // namespace scry::runtime
