/* session.h: the second net for programs whose guardian was killed. */
#ifndef FCL__SESSION_H
#define FCL__SESSION_H

/* Kills every process of a session: what the programs of a dead guardian have put into groups of
   their own.  Where there is no /proc it finds none. */
void fcl__session_end(long session);
#endif
