fcgi 1
# `fcgi app` with several requests on a connection (§3.3): played with --server against it.

claim "It says that connections are shared, and how many requests it takes."
-- connection 1
> GET_VALUES {FCGI_MPXS_CONNS="" FCGI_MAX_REQS="" FCGI_MAX_CONNS="" OTHER=""}
< GET_VALUES_RESULT {FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=3 FCGI_MAX_CONNS=2}

---
claim "Answers come in any order: a short one passes a long one."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> PARAMS id=1 {QUERY_STRING="hang=1"}
> STDIN id=1 {}
> BEGIN_REQUEST id=2 flags=KEEP_CONN
> PARAMS id=2 {QUERY_STRING="size=3&status=202"}
> STDIN id=2 {}
< STDOUT id=2 {"Status: 202\r\nContent-Type: text/plain\r\n\r\n" ...}
< END_REQUEST id=2
> ABORT_REQUEST id=1
< STDOUT id=1 {...}
< END_REQUEST id=1

---
claim "Records of two answers alternate."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> PARAMS id=1 {QUERY_STRING="echo=1"}
> BEGIN_REQUEST id=2 flags=KEEP_CONN
> PARAMS id=2 {QUERY_STRING="echo=1"}
> STDIN id=1 "a"
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\na"} open
> STDIN id=2 "b"
< STDOUT id=2 {"Content-Type: text/plain\r\n\r\nb"} open
> STDIN id=1 "A"
< STDOUT id=1 {"A"} open
> STDIN id=2 "B"
< STDOUT id=2 {"B"} open
> STDIN id=2 {}
< STDOUT id=2 {}
< END_REQUEST id=2
> STDIN id=1 {}
< STDOUT id=1 {}
< END_REQUEST id=1

---
claim "A body that is not read holds up no other, up to 64 KiB of it."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> PARAMS id=1 {QUERY_STRING="hang=1&early=1"}
> STDIN id=1 {repeat("x", 65000)} open
> BEGIN_REQUEST id=2 flags=KEEP_CONN
> PARAMS id=2 {QUERY_STRING="sum=1"}
> STDIN id=2 {"abc"}
< STDOUT id=2 {"Content-Type: text/plain\r\n\r\n3 bytes, FNV-1a " ...}
< END_REQUEST id=2
> ABORT_REQUEST id=1
< STDOUT id=1 {...}
< END_REQUEST id=1

---
claim "One request too many gets OVERLOADED, those that run go on."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> BEGIN_REQUEST id=2 flags=KEEP_CONN
> BEGIN_REQUEST id=3 flags=KEEP_CONN
> BEGIN_REQUEST id=4 flags=KEEP_CONN
< END_REQUEST id=4 status=OVERLOADED
> PARAMS id=2 {QUERY_STRING="size=0"}
> STDIN id=2 {}
< STDOUT id=2 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=2
> BEGIN_REQUEST id=4 flags=KEEP_CONN
> PARAMS id=4 {QUERY_STRING="size=0"}
> STDIN id=4 {}
< STDOUT id=4 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=4
> ABORT_REQUEST id=1
< STDOUT id=1 {}
< END_REQUEST id=1
> ABORT_REQUEST id=3
< STDOUT id=3 {}
< END_REQUEST id=3

---
claim "An answer that was aborted says no more."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> PARAMS id=1 {QUERY_STRING="size=1000000&pieces=1000&slow=60000"}
> STDIN id=1 {}
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\n"} open
> BEGIN_REQUEST id=2 flags=KEEP_CONN
> PARAMS id=2 {QUERY_STRING="size=0"}
> STDIN id=2 {}
< STDOUT id=2 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=2
> ABORT_REQUEST id=1
< STDOUT id=1 {}
< END_REQUEST id=1

---
claim "Without KEEP_CONN the connection closes behind the last answer, not before."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> PARAMS id=1 {QUERY_STRING="echo=1"}
> BEGIN_REQUEST id=2 flags=0
> PARAMS id=2 {QUERY_STRING="size=0"}
> STDIN id=2 {}
< STDOUT id=2 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=2
> STDIN id=1 {"x"}
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\nx"}
< END_REQUEST id=1
< close

---
claim "A role that it does not play is refused, and its neighbour is not."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> BEGIN_REQUEST id=2 role=FILTER flags=KEEP_CONN
< END_REQUEST id=2 status=UNKNOWN_ROLE
> PARAMS id=1 {QUERY_STRING="size=0"}
> STDIN id=1 {}
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=1

---
# The last, since what it leaves in hand would count for the next.
claim "The limit is of all connections together."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> BEGIN_REQUEST id=2 flags=KEEP_CONN
> GET_VALUES {FCGI_MPXS_CONNS=""}
< GET_VALUES_RESULT {FCGI_MPXS_CONNS=1}
-- connection 2
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> BEGIN_REQUEST id=2 flags=KEEP_CONN
< END_REQUEST id=2 status=OVERLOADED
