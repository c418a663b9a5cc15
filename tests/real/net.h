/* net.h: machines of a test's own: each a network namespace with php-fpm in it, behind one bridge;
   cut off, made slow, restarted.  Linux, as root. */
#ifndef REAL_NET_H
#define REAL_NET_H
#include <sys/types.h>

#define NET_HOSTS 5
#define NET_PORT  9000

/* NULL, or why this cannot be done here. */
const char *net_is_impossible(void);
/* This process gets a network and an /etc/hosts of its own.  Before any thread is started. */
void net_open(void);
void net_close(void);

/* Host `n`, from 1: 10.99.0.n, with php-fpm on NET_PORT, so many workers, and HOST=n in scripts. */
void net_host_start(unsigned n, unsigned workers);
void net_fpm_kill(unsigned n); /* SIGKILL, the workers too */
void net_fpm_start(unsigned n, unsigned workers);
/* What is sent to it vanishes, and nothing refuses it; and back. */
void net_cut(unsigned n);
void net_heal(unsigned n);
/* Packets to it take so long; 0: as before.  Returns 0 where the kernel cannot. */
int net_delay(unsigned n, unsigned ms);
/* What "app.test" stands for: bits, 1 << n. */
void net_name(unsigned hosts);
#endif
