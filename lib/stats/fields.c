/* fields.c: the tables of what is in a snapshot, which every format and every sum go by. */
#include "stats/stats.h"
#include <stddef.h>

#define POOL(field)   #field, offsetof(fcl_pool_stats, field)
#define MEMBER(field) #field, offsetof(fcl_member_stats, field), FCL__ADD, NULL, NULL, 1, NULL

const fcl__field fcl__pool_fields[] = {
    {POOL(pools), FCL__ADD, "fcgiclient_pools", "gauge", 1,
     "Pools of this name that are summed up here, one of each client."},
    {POOL(max_processes), FCL__ADD, "fcgiclient_processes_max", "gauge", 1,
     "Processes that may serve at once (max_processes); 0: the pool has addresses."},
    {POOL(queue_length), FCL__ADD, "fcgiclient_queue_requests_max", "gauge", 1,
     "Requests that may wait (queue_length)."},
    {POOL(queued), FCL__ADD, "fcgiclient_queue_requests", "gauge", 1,
     "Requests that wait for a process or a connection."},
    {POOL(oldest_wait_ms), FCL__MOST, "fcgiclient_queue_oldest_seconds", "gauge", 1000,
     "How long the first of the requests that wait has waited."},
    {POOL(in_hand), FCL__ADD, "fcgiclient_requests_in_progress", "gauge", 1,
     "Requests that processes or addresses have in hand."},
    {POOL(resting), FCL__ADD, "fcgiclient_resting", "gauge", 1,
     "Pools that refuse requests because their program failed too often (rapid_fails)."},
    {POOL(resting_ms), FCL__MOST, "fcgiclient_resting_seconds", "gauge", 1000,
     "How long they will go on refusing."},
    {POOL(started), FCL__ADD, "fcgiclient_requests_started_total", "counter", 1,
     "Requests that were started."},
    {POOL(waited), FCL__ADD, "fcgiclient_requests_waited_total", "counter", 1,
     "Requests that were not begun at once."},
    {POOL(queued_max), FCL__ADD, "fcgiclient_queue_requests_peak", "gauge", 1,
     "The most requests that ever waited together."},
    {POOL(retries), FCL__ADD, "fcgiclient_retries_total", "counter", 1,
     "Requests that were begun again on another connection."},
    {POOL(sent), FCL__ADD, "fcgiclient_sent_bytes_total", "counter", 1,
     "Bytes of request bodies that were sent to the application."},
    {POOL(received), FCL__ADD, "fcgiclient_received_bytes_total", "counter", 1,
     "Bytes of response bodies that came from the application."},
    {POOL(starts), FCL__ADD, "fcgiclient_process_starts_total", "counter", 1,
     "Processes that were ordered."},
    {NULL, 0, FCL__ADD, NULL, NULL, 0, NULL},
};

const fcl__field fcl__member_fields[] = {
    {MEMBER(pid)},      {MEMBER(age_ms)},  {MEMBER(served)},
    {MEMBER(in_hand)},  {MEMBER(busy_ms)}, {MEMBER(memory)},
    {MEMBER(failures)}, {MEMBER(rest_ms)}, {NULL, 0, FCL__ADD, NULL, NULL, 0, NULL},
};

const fcl__phase_field fcl__phase_fields[] = {
    {POOL(queue), "fcgiclient_queue_seconds",
     "From the start of a request until it was given to a process or an address."},
    {POOL(connect), "fcgiclient_connect_seconds", "Until a new connection was made."},
    {POOL(first), "fcgiclient_first_byte_seconds",
     "From the start of a request until the first byte of its answer."},
    {POOL(total), "fcgiclient_request_seconds", "From the start of a request to its end."},
    {NULL, 0, NULL, NULL},
};

static const char *const left_names[] = {"?",
#define XX(name, word, phrase) word,
                                         FCL_LEFT_MAP(XX)
#undef XX
};
static const char *const left_phrases[] = {"?",
#define XX(name, word, phrase) phrase,
                                           FCL_LEFT_MAP(XX)
#undef XX
};
static const char *const state_names[] = {"absent",   "starting", "idle",    "busy",
                                          "draining", "stopping", "killing", "drained"};

const char *fcl_left_name(fcl_left why) {
  return (unsigned) why < FCL_LEFT_MAX ? left_names[why] : "?";
}

const char *fcl_left_phrase(fcl_left why) {
  return (unsigned) why < FCL_LEFT_MAX ? left_phrases[why] : "?";
}

const char *fcl_member_state_name(fcl_member_state state) {
  return (unsigned) state < FCL_MEMBER_STATES ? state_names[state] : "?";
}
