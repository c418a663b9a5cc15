/* consumer.c: the least that uses the library: its version, and a client made and closed. */
#include <fcgiclient/fcgiclient.h>
#include <stdio.h>

int main(void) {
  fcl_client_options own_thread = {0};
  fcl_client *client;
  fcl_error e;
  if (fcl_client_new(&client, &own_thread, &e))
    return fprintf(stderr, "%s\n", e.text), 1;
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
  return puts(fcl_version_string()) < 0;
}
