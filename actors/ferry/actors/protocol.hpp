// Every message between ferry's actors: who sends it, what answers it, and
// whether it may be sent again. Local and remote actors use the same ones; those of the
// journal, the supervisor and their clients stay within a process. Each conversation has
// its own header.
//
//                publish                      write
//   producer ───────────────▶┌───────┐──────────────────▶┌─────────┐
//            ◀ receipt, room ┤ queue │◀── committed ─────│ journal │
//   consumer ── subscribe ──▶│       │                   └─────────┘
//            ◀── delivery ───│       │── watch, wake_at ─▶┌────────────┐
//            ──── settle ───▶│       │◀── consumer_lost ──│ supervisor │
//            ◀─── settled ───└───────┘◀── wake ───────────└────────────┘

#pragma once

#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/moving.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/protocol/reading.hpp"
#include "ferry/actors/protocol/reopening.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/protocol/supervising.hpp"
#include "ferry/actors/protocol/upkeep.hpp"
