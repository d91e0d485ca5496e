// The names of all messages between ferry's actors, and the numbers by which CAF knows
// them. Who only hands messages on needs no more than this.

#pragma once

#include <caf/type_id.hpp>

namespace ferry {

struct delivered_run;

} // namespace ferry

namespace ferry::messages {

// publishing.hpp
struct publish;
struct receipt;
struct room;

// consuming.hpp
struct subscribe;
struct subscription;
struct grant_credit;
struct delivery;
struct resubscribe;
struct settle;
struct settled;
struct unsubscribe;
struct unsubscribed;

// moving.hpp
struct bury;
struct buried;
struct move;
struct moved;

// operating.hpp
struct pause;
struct paused;
struct ask_figures;
struct figures;
struct browse;
struct browsed;
struct redrive;
struct redriven;

// declaring.hpp
struct declare;
struct find;
struct queue_info;
struct close_queue;
struct list_queues;
struct queue_names;

// journaling.hpp
struct write;
struct committed;
struct commit_failed;
struct create;
struct created;
struct erase_rows;
struct rows_erased;
struct ask_journal;
struct journal_report;

// reading.hpp
struct load;
struct loaded;
struct load_failed;
struct read_rows;
struct rows;
struct use_reader;

// upkeep.hpp
struct keep_up;
struct upkept;
struct use_upkeep;
struct compact;

// reopening.hpp
struct watch_journal;
struct journal_lost;
struct reopen;
struct reopened;
struct revive;
struct journal_returned;

// supervising.hpp
struct open_group;
struct group_opened;
struct supervise;
struct supervised;
struct stop_child;
struct stop_group;
struct ask_children;
struct children;

// signalling.hpp
struct watch;
struct consumer_lost;
struct wake_at;
struct wake;
struct arm_stop;
struct disarm_stop;
struct ask_turn;
struct turn;
struct end_turn;

// stopping.hpp
struct stop;
struct stopped;
struct proceed;

} // namespace ferry::messages

// Ids must agree on all nodes: append only.
CAF_BEGIN_TYPE_ID_BLOCK(ferry_protocol, caf::first_custom_type_id + 500)
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::publish))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::receipt))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::bury))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::buried))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::subscribe))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::subscription))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::grant_credit))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::delivered_run))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::delivery))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::settle))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::settled))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::unsubscribe))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::unsubscribed))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_figures))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::figures))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::declare))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::find))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::queue_info))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::list_queues))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::queue_names))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::committed))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::commit_failed))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::load_failed))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_journal))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::consumer_lost))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::wake))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::supervised))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stop_child))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stop))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stopped))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::proceed))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::created))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::write))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::load))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::loaded))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::create))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::watch))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::wake_at))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::supervise))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::journal_report))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::pause))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::paused))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::resubscribe))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::watch_journal))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::journal_lost))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::reopen))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::reopened))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::revive))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::open_group))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::group_opened))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::stop_group))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_children))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::children))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::arm_stop))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::disarm_stop))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::ask_turn))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::turn))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::end_turn))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::close_queue))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::browse))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::browsed))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::move))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::moved))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::redrive))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::redriven))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::read_rows))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::rows))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::use_reader))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::keep_up))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::upkept))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::use_upkeep))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::compact))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::room))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::journal_returned))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::erase_rows))
CAF_ADD_TYPE_ID(ferry_protocol, (ferry::messages::rows_erased))
CAF_END_TYPE_ID_BLOCK(ferry_protocol)
