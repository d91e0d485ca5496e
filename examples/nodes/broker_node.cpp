// A broker for other programs: opens a journal and lets producers and consumers of
// other processes in. Kill it, start it again with the same journal and port, and
// they go on. Look at what is at stake: the lines below "serve" are all there is.
//
//   broker_node --journal shop.db --port 4040
//
// Expected output, with a producer and a consumer of three orders, then Ctrl-C:
//
//   serving shop.db at 127.0.0.1:4040
//   node "producer" at 127.0.0.1:50000 is connected
//   node "producer" at 127.0.0.1:50000 is gone: the client closed its link
//   node "consumer" at 127.0.0.1:50000 is connected
//   node "consumer" at 127.0.0.1:50000 is gone: the client closed its link
//   orders: 3 published, 3 acknowledged, 0 left
//   closed

#include "node_options.hpp"
#include "terminal.hpp"

#include <caf/actor_system.hpp>

using namespace nodes;

namespace {

struct command_line {
  std::string journal;
  std::string address = "127.0.0.1";
  std::uint16_t port = 4040;
  bool insecure = false;
  node_options node;
};

ferry::serve_config serve_config_from(const command_line& wanted) {
  using ferry::permission;
  auto config = serve_config_of(
    wanted.node, {{"*", "*", {permission::declare, permission::publish, permission::consume}}});
  config.address = wanted.address;
  config.port = wanted.port;
  config.insecure = wanted.insecure;
  config.node = "broker";
  return config;
}

void show_figures(const ferry::broker& broker) {
  for (const auto& name : broker.queues().value()) {
    auto figures = broker.figures(name).value();
    if (figures.published + figures.acknowledged + figures.waiting() > 0)
      say(name + ": " + std::to_string(figures.published) + " published, "
          + std::to_string(figures.acknowledged) + " acknowledged, "
          + std::to_string(figures.waiting()) + " left");
  }
}

void run(const command_line& wanted, stop_signals& stop) {
  ferry::system_config config;
  caf::actor_system system{config};
  auto broker = ferry::broker::open(system, {.journal = wanted.journal, .report = say}).value();
  auto port = broker.serve(serve_config_from(wanted)).value();
  say("serving " + (wanted.journal.empty() ? "memory queues" : wanted.journal) + " at "
      + wanted.address + ":" + std::to_string(port));
  stop.wait();
  show_figures(broker);
  broker.close().value();
  say("closed");
}

} // namespace

int main(int argc, char** argv) {
  auto wanted = command_line{};
  auto app = CLI::App{"Opens a journal and serves its queues to other programs.", "broker_node"};
  app.add_option("--journal", wanted.journal, "The file; without it there are memory queues only")
    ->type_name("FILE");
  app.add_option("--address", wanted.address, "Where to listen; without TLS only on loopback")
    ->capture_default_str();
  app.add_option("--port", wanted.port, "Where to listen; 0: any that is free")
    ->type_name("NUMBER")
    ->capture_default_str();
  app.add_flag("--insecure", wanted.insecure, "Without TLS, yet not on loopback only");
  add_node_options(app, wanted.node);
  CLI11_PARSE(app, argc, argv);
  return run_until_stopped([&](stop_signals& stop) { run(wanted, stop); });
}
