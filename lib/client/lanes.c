/* lanes.c: the memory of connections: taken from the client's spare ones, and given back to them.
 */
#include "client/internal.h"
#include <string.h>

#define LANES_KEPT 1024 /* spare ones */

static fcl__lane *take_lane(fcl_client *client) {
  fcl__lane *k;
  if (fcl__list_empty(&client->lanes))
    return fcl__zalloc(&client->memory, sizeof *k);
  k = FCL__OF(client->lanes.next, fcl__lane, connection.link);
  fcl__list_remove(&k->connection.link);
  client->lane_count--;
  memset(k, 0, sizeof *k);
  return k;
}

static void give_lane(fcl_client *client, fcl__lane *k) {
  if (client->lane_count == LANES_KEPT) {
    fcl__free(&client->memory, k);
    return;
  }
  fcl__list_prepend(&client->lanes, &k->connection.link);
  client->lane_count++;
}

void fcl__lanes_free(fcl_client *c) {
  while (!fcl__list_empty(&c->lanes)) {
    fcl__list *at = c->lanes.next;
    fcl__list_remove(at);
    fcl__free(&c->memory, FCL__OF(at, fcl__lane, connection.link));
  }
}

fcl__lane *fcl__lane_new(fcl__place *place) {
  fcl__lane *k = take_lane(place->pool->client);
  if (k == NULL)
    return NULL;
  k->connection.place = place;
  place->pool->client->connections++;
  atomic_fetch_add(&place->pool->refs, 1); /* it may be closed later than its pool */
  return k;
}

/* The memory of a closed connection goes, and with it perhaps the last thing that a closing client
 * waits for. */
void fcl__lane_free(fcl__connection *c) {
  fcl_pool *p = ((fcl__place *) c->place)->pool;
  fcl_client *client = p->client;
  fcl__clock_clear(&((fcl__lane *) c)->clock);
  fcl__duration_drop(((fcl__lane *) c)->patience);
  fcl__list_remove(&c->link);
  fcl_identity_unref(((fcl__lane *) c)->identity);
  give_lane(client, (fcl__lane *) c);
  client->connections--;
  fcl__client_maybe_end(client); /* the pool holds the client */
  fcl__pool_unref(p);
}
