/* ask.h: asking the control address of a client (fcl_client_options.control). */
#ifndef FCGI_ASK_H
#define FCGI_ASK_H
#include <fcgiclient/stats.h>
#include <stddef.h>

/* The addresses that `text` stands for: itself, or, where its path has a star, a question mark or a
   bracket, those that are there.  NULL-ended, freed by fcgi_addresses_free; NULL after saying why.
 */
char **fcgi_addresses(const char *text);
void fcgi_addresses_free(char **addresses);

/* One line, and its answer: allocated, NUL-terminated; *is_ok tells OK from ERROR.  NULL: *e says
   what is wrong with the address. */
char *fcgi_ask(const char *address, const char *line, int *is_ok, fcl_error *e);

/* The snapshots of all that answer, summed up; one that does not is passed over where others do.
   NULL: none does, and *e says why. */
fcl_stats *fcgi_ask_stats(char *const *addresses, fcl_error *e);
#endif
