// A broker's figures as Prometheus reads them. Decides the names and the units;
// the format itself is prometheus-cpp's. Serving the text is the user's choice.

#pragma once

#include "ferry/broker_figures.hpp"

#include <string>

namespace ferry {

/// The text exposition format, version 0.0.4.
///
///   ferry_queue_published_total{queue="orders"} 7
///   ferry_queue_publish_to_ack_seconds_bucket{queue="orders",le="0.001024"} 5
///   ferry_journal_commits_total 3
///
/// A counter's name ends in `_total`, a latency's in `_seconds`. Every queue is in
/// every `ferry_queue_` family, so that sums over the label are the broker's.
[[nodiscard]] std::string prometheus_text(const broker_figures& figures);

} // namespace ferry
