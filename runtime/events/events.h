// Events: records of the ring buffer -> what they ask for. One handler for each EventKind, found in a table
// that events.def fills.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "runtime/load/maps.h"
#include "runtime/output/printer.h"
#include "runtime/output/printf.h"

namespace scry::runtime {

struct EventOptions {
  bool shows_warnings = true;  // of warnf()
  uint64_t max_cat_bytes = 0;
};

class Events {
 public:
  Events(const plan::Plan& plan, const Maps& maps, const Names& names, Printer& printer,
         EventOptions options);

  // Does what the record asks. One that no format of the plan fits is counted, not obeyed.
  void handle(std::string_view record);
  // Is it an exit()? Looks only.
  bool is_exit(std::string_view record) const;

  // The status of the first exit() seen since the last forget_exit().
  std::optional<int> exit_status() const { return exit_status_; }
  void forget_exit() { exit_status_.reset(); }
  uint64_t malformed_count() const { return malformed_count_; }
  // What could not be done: a map that could not be read.
  const std::vector<Error>& errors() const { return errors_; }

 private:
  // A format of the plan, ready for use.
  struct Prepared {
    const lang::EventFormat* format;
    lang::EventLayout layout;
    PrintfFormat printf;
  };
  using Handler = void (Events::*)(const Prepared&, const char*);

  Value argument(const Prepared& event, size_t index, const char* record) const;
  uint64_t integer(const Prepared& event, size_t index, const char* record) const;

  // The format with the arguments of the record, in text_.
  const std::string& formatted(const Prepared& event, const char* record);
  void message(const Prepared& event, const char* record, bool is_error);
  // Told at once, on stderr.
  void complain(const std::string& text);

  template <lang::EventKind kind>
  void obey(const Prepared& event, const char* record);
  static const Handler kHandlers[];

  const plan::Plan& plan_;
  const Maps& maps_;
  const Names& names_;
  Printer& printer_;
  EventOptions options_;
  std::optional<SourceFile> source_;  // made when a message wants a place in it
  std::vector<Prepared> prepared_;
  std::vector<Value> arguments_;  // of the record at hand; kept to keep their memory
  std::string text_;
  std::optional<int> exit_status_;
  uint64_t malformed_count_ = 0;
  std::vector<Error> errors_;
};

}  // namespace scry::runtime
