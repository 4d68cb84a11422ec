#include "runtime/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "diag/render.h"
#include "kernel/facts.h"
#include "runtime/attach/attach.h"
#include "runtime/attach/detach.h"
#include "runtime/child.h"
#include "runtime/events/drainer.h"
#include "runtime/events/events.h"
#include "runtime/events/maps.h"
#include "runtime/events/ring.h"
#include "runtime/load/bpf.h"
#include "runtime/load/load.h"
#include "runtime/losses.h"
#include "runtime/signals.h"
#include "runtime/symbols/symbols.h"

namespace scry::runtime {

using lang::ConfigKey;
using lang::ProbeKind;

namespace {

constexpr int kRefused = 255;        // status when a program could not be loaded or attached
constexpr size_t kMostDetached = 5;  // perf events (40 to 80 ms each) that a run's end waits for
constexpr size_t kMostLosses = 20;   // shown; JSON has all of them
constexpr char kAttachedVariable[] = "__BPFTRACE_NOTIFY_PROBES_ATTACHED";

diag::RenderOptions look() {
  diag::RenderOptions options;
  options.has_color = ::isatty(STDERR_FILENO) == 1;
  return options;
}

void show(const Error& error, const Options& options) {
  std::fputs(diag::render(error, look()).c_str(), stderr);
  if ((options.verbosity > 0 || options.shows_verifier_log) && !error.detail.empty())
    std::fputs((error.detail + "\n").c_str(), stderr);
}

// -d verifier.
void show_logs(const plan::Plan& plan, const std::vector<std::string>& logs) {
  for (size_t i = 0; i < logs.size(); ++i)
    std::fputs(fmt::format("Verifier log of {}:\n{}\n", plan.programs[i].name, logs[i]).c_str(),
               stdout);
  std::fflush(stdout);
}

// Where output goes: the descriptor is ours only when it is -o's file.
struct Output {
  Fd file;
  int fd = STDOUT_FILENO;
  std::string name = "standard output";
};

Result<Output> open_output(const Options& options) {
  Output output;
  if (!options.output) return output;
  output.file = Fd(::open(options.output->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!output.file.is_open()) return errno_error("cannot create `" + *options.output + "`");
  output.fd = output.file.get();
  output.name = "`" + *options.output + "`";
  return output;
}

// Everything from loaded programs to the last flush.
class Run {
 public:
  Run(const plan::Plan& plan, const Options& options, const lang::Config& config,
      const Matches& matches, Loaded& loaded, Signals& signals, const Output& output)
      : plan_(plan),
        options_(options),
        config_(config),
        matches_(matches),
        loaded_(loaded),
        signals_(signals),
        output_(output),
        symbols_(loaded.maps.stacks(), loaded.maps.stacks_fd(),
                 config.flag(ConfigKey::CppDemangle)),
        names_{matches.names(), &symbols_, config.text(ConfigKey::StrTruncTrailer),
               names_of(plan.enums)},
        sink_(output.fd, output.name, options.buffering),
        printer_(options.format == OutputFormat::Json ? make_json_printer(sink_)
                                                      : make_text_printer(sink_)),
        events_(plan, loaded.maps, names_, *printer_,
                {options.shows_warnings, config.number(ConfigKey::MaxCatBytes)}) {
    sink_.set_interrupt(signals.fd());
  }

  ~Run() { detach_all(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Result<void> open_ring() {
    if (!loaded_.maps.ring()) return {};
    SCRY_TRY_ASSIGN(Ring ring, Ring::open(loaded_.maps.ring_fd(), loaded_.maps.ring_size()));
    ring_.emplace(std::move(ring));
    return {};
  }

  void tell_of_missing() const { show(matches_.missing); }

  // BEGIN's programs, then the attachments; none if BEGIN ends the run.
  Result<void> start(kernel::KernelFacts& facts, std::optional<pid_t> pid) {
    const AttachContext context{plan_, loaded_, facts, config_, pid, left_out_};
    for (const Match& match : matches_.list) {
      if (match.kind != ProbeKind::Begin) continue;
      SCRY_TRY(run_once(match));
      if (has_exit_waiting()) {
        is_over_ = true;
        return {};
      }
    }
    detaches_later_ = count_slow_to_detach(matches_, context) > kMostDetached;
    SCRY_TRY(attach(matches_, context, attachments_, missing_));
    report_left_out();
    show(missing_);
    return {};
  }

  void announce() {
    size_t count = matches_.list.size() - left_out_.size();
    for (const Missing& missing : missing_) count -= missing.match_count;
    if (!options_.is_quiet && options_.format == OutputFormat::Text)
      std::fputs(fmt::format("Attached {} probe{}\n", count, count == 1 ? "" : "s").c_str(),
                 stderr);
    if (!options_.is_quiet) printer_->attached(count);
    if (std::getenv(kAttachedVariable)) {
      const std::string line = std::string(kAttachedVariable) + "\n";
      [[maybe_unused]] const ssize_t put = ::write(STDOUT_FILENO, line.data(), line.size());
    }
  }

  // Until something ends the run: exit(), a signal, the end of a process, of the output's reader.
  Result<void> wait(Child* child, int process_fd) {
    Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) return errno_error("cannot wait for events");
    SCRY_TRY(watch(epoll.get(), signals_.fd(), Source::Signal));
    if (process_fd >= 0) SCRY_TRY(watch(epoll.get(), process_fd, Source::Process));
    // A pipe tells when its reader is gone even while nothing is written; other files do not.
    epoll_event reader = {};
    reader.data.u32 = static_cast<uint32_t>(Source::Output);
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, output_.fd, &reader);

    handle();  // what BEGIN printed stands before what the child prints
    flush();
    if (process_fd < 0 && !matches_.has_any_to_attach()) is_over_ = true;
    if (ring_ && !is_over_) {
      SCRY_TRY_ASSIGN(drainer_, Drainer::start(*ring_, loaded_.maps.ring_fd()));
      SCRY_TRY(watch(epoll.get(), drainer_->fd(), Source::Records));
    }
    if (child) child->release();
    while (!is_over_) {
      epoll_event ready[8];
      const int count = ::epoll_wait(epoll.get(), ready, std::size(ready), -1);
      if (count < 0 && errno != EINTR) return errno_error("cannot wait for events");
      bool is_more = false;
      for (int i = 0; i < count; ++i) {
        if (static_cast<Source>(ready[i].data.u32) == Source::Records)
          is_more = handle_next();
        else
          is_over_ = true;
      }
      if (!is_more) flush();
    }
    return {};
  }

  // The orderly end; gives the exit status.
  Result<int> finish() {
    signals_.let_through();
    sink_.set_interrupt(-1);
    if (volatile plan::RunState* state = loaded_.maps.state()) state->stop = 1;
    skipped_ = skipped_runs(plan_, matches_, loaded_, attachments_);
    drain_all();
    int status = events_.exit_status().value_or(0);
    events_.forget_exit();
    for (const Match& match : matches_.list) {
      if (match.kind != ProbeKind::End) continue;
      SCRY_TRY(run_once(match));
      drain_all();
    }
    status = events_.exit_status().value_or(status);
    print_maps();
    report_losses();
    SCRY_TRY(sink_.flush());
    detach_all();
    return status;
  }

 private:
  enum class Source : uint32_t { Records, Signal, Process, Output };

  static Result<void> watch(int epoll, int fd, Source source) {
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<uint32_t>(source);
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
      return errno_error("cannot wait for events");
    return {};
  }

  Result<void> run_once(const Match& match) {
    if (run_program(loaded_.programs[plan_.probes[match.probe].program].get()) != 0)
      return errno_error("cannot run " + match.name);
    return {};
  }

  // Takes what is in the ring; only while no drainer does.
  bool take() {
    if (!ring_) return false;
    records_.bytes.resize(std::max(records_.bytes.size(), records_.used + ring_->pending()));
    return ring_->take(records_) > 0;
  }

  bool has_exit_waiting() {
    bool found = false;
    while (take()) {
    }
    for_each_record(records_, [&](std::string_view record) { found |= events_.is_exit(record); });
    return found;
  }

  // What has been taken. What comes after exit() came too late.
  void handle() {
    for_each_record(records_, [&](std::string_view record) {
      if (!events_.exit_status() && !sink_.is_closed()) events_.handle(record);
    });
    records_.used = 0;
    is_over_ = is_over_ || events_.exit_status() || sink_.is_closed() || sink_.has_failed();
  }

  // True if there may be more.
  bool handle_next() {
    const bool is_more = drainer_->next(records_);
    handle();
    // exit() also sets the stop flag: its event may have been among the lost ones.
    if (const volatile plan::RunState* state = loaded_.maps.state();
        !is_more && state && state->stop)
      is_over_ = true;
    return is_more;
  }

  // Also waits for the programs that are filling a record right now: microseconds.
  void drain_all() {
    if (!ring_) return;
    if (drainer_) {
      drainer_->stop();
      while (handle_next()) {
      }
      drainer_.reset();
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
    while (!ring_->is_empty() && std::chrono::steady_clock::now() < deadline) {
      if (!take()) ::sched_yield();
      handle();
    }
  }

  void detach_all() {
    drainer_.reset();
    if (detaches_later_)
      detach_later(std::move(attachments_));
    else
      detach(std::move(attachments_));
    attachments_.clear();
    detaches_later_ = false;
  }

  void flush() {
    if (!sink_.flush() || sink_.is_closed()) is_over_ = true;  // finish() returns the error
  }

  void print_maps() {
    printer_->end_of_events();
    if (!config_.flag(ConfigKey::PrintMapsOnExit)) return;
    for (size_t i = 0; i < plan_.maps.size(); ++i) {
      if (plan_.maps[i].role != plan::MapRole::User) continue;
      auto content = read_map(plan_.maps[i], loaded_.maps.fd(i), loaded_.maps.cpu_count(), names_);
      if (content)
        printer_->map(content.value(), {}, true);
      else
        runtime::show(content.error(), options_);
    }
  }

  // Where missing_probes is `warn`.
  void show(const std::vector<Missing>& missing) const {
    if (!options_.shows_warnings || !config_.is(ConfigKey::MissingProbes, "warn")) return;
    const SourceFile source(plan_.source_name, plan_.source);
    for (const Missing& one : missing)
      std::fputs(diag::render_warning(source, one.span, one.text, look()).c_str(), stderr);
  }

  void warn(const std::string& text) const {
    if (options_.shows_warnings) std::fputs(("WARNING: " + text + "\n").c_str(), stderr);
  }

  void report_left_out() const {
    if (left_out_.empty()) return;
    constexpr size_t kShown = 5;
    std::string names;
    for (size_t i = 0; i < std::min(kShown, left_out_.size()); ++i)
      names += (i > 0 ? ", " : "") + left_out_[i]->name;
    if (left_out_.size() > kShown) names += ", …";
    warn(fmt::format("{} of the wildcards' functions cannot be traced and are left out: {}",
                     left_out_.size(), names));
  }

  // One summary, of what was not perfect.
  void report_losses() {
    std::vector<Loss> losses = counted_losses(plan_, loaded_.maps);
    losses.insert(losses.begin(), skipped_.begin(), skipped_.end());
    std::stable_sort(losses.begin(), losses.end(),
                     [](const Loss& a, const Loss& b) { return a.span.begin < b.span.begin; });
    const SourceFile source(plan_.source_name, plan_.source);
    printer_->losses(losses, source);
    show(losses, source);
    if (const std::string text = uncounted_probes(plan_, loaded_); !text.empty()) warn(text);
    if (events_.malformed_count() > 0)
      warn(fmt::format("{} events could not be read", events_.malformed_count()));
    for (const Error& error : events_.errors()) runtime::show(error, options_);
    if (const uint64_t lost = lost_event_count(plan_, loaded_.maps)) {
      printer_->lost_events(lost);
      if (options_.format == OutputFormat::Text)
        warn(fmt::format("Total lost event count: {}", lost));
    }
  }

  void show(const std::vector<Loss>& losses, const SourceFile& source) const {
    if (!options_.shows_warnings) return;
    for (size_t i = 0; i < losses.size() && i < kMostLosses; ++i)
      std::fputs(diag::render_warning(source, losses[i].span, losses[i].text, look()).c_str(),
                 stderr);
    if (losses.size() > kMostLosses)
      warn(fmt::format("{} more such messages are not shown; -f json has all",
                       losses.size() - kMostLosses));
  }

  const plan::Plan& plan_;
  const Options& options_;
  const lang::Config& config_;
  const Matches& matches_;
  Loaded& loaded_;
  Signals& signals_;
  const Output& output_;
  Symbols symbols_;
  Names names_;
  Sink sink_;
  std::unique_ptr<Printer> printer_;
  Events events_;
  std::optional<Ring> ring_;
  std::unique_ptr<Drainer> drainer_;  // while the run waits; it uses ring_
  RecordBytes records_;               // taken, not handled
  std::vector<Fd> attachments_;
  std::vector<Missing> missing_;  // of the attaching
  std::vector<const Match*> left_out_;
  bool detaches_later_ = false;
  std::vector<Loss> skipped_;  // when the run was over
  bool is_over_ = false;
};

// The plan's, under that of the environment.
Result<lang::Config> config_of(const plan::Plan& plan) {
  lang::Config config;
  SCRY_TRY(config.set(plan.config));
  SCRY_TRY_ASSIGN(const auto environment, lang::environment_config());
  SCRY_TRY(config.set(environment));
  return config;
}

}  // namespace

Result<int> run(const plan::Plan& plan, const Options& options) {
  SCRY_TRY_ASSIGN(Signals signals, Signals::take());
  SCRY_TRY_ASSIGN(const Output output, open_output(options));
  if (options.pid && options.command) return Error{"-p and -c cannot be used together", 0, {}};
  Fd process;
  if (options.pid) {
    auto opened = open_process(*options.pid);
    if (!opened)
      return Error{fmt::format("Failed to attach to pid {}: Unable to open pidfd", *options.pid),
                   opened.error().error_number,
                   {}};
    process = std::move(opened).value();
  }
  std::optional<Child> child;
  if (options.command) {
    SCRY_TRY_ASSIGN(Child forked, Child::fork(*options.command));
    child.emplace(std::move(forked));
  }
  SCRY_TRY_ASSIGN(const lang::Config config, config_of(plan));
  const std::optional<pid_t> child_pid = child ? std::optional(child->pid()) : std::nullopt;
  const std::optional<pid_t> target = options.pid ? options.pid : child_pid;

  const auto facts = kernel::make_live();
  SCRY_TRY_ASSIGN(const Matches matches, resolve({plan, options.parameters, options.pid, *facts,
                                                  config, options.is_unsafe}));
  if (matches.list.empty()) return Error{"No probes to attach", 0, {}};
  auto loaded = load({plan, matches, options.parameters, options.pid, child_pid, *facts, config,
                      options.shows_verifier_log});
  if (!loaded) return show(loaded.error(), options), kRefused;
  show_logs(plan, loaded.value().logs);
  Run run(plan, options, config, matches, loaded.value(), signals, output);
  SCRY_TRY(run.open_ring());
  run.tell_of_missing();
  if (auto started = run.start(*facts, target); !started)
    return show(started.error(), options), kRefused;
  run.announce();
  if (options.is_dry_run) return 0;
  SCRY_TRY(run.wait(child ? &*child : nullptr, child ? child->pid_fd() : process.get()));
  if (child && options.verbosity > 0)
    if (const auto code = child->exit_code())
      std::fputs(fmt::format("Child exited with code: {}\n", *code).c_str(), stderr);
  return run.finish();
}

}  // namespace scry::runtime
