fcgi 1
# `fcgi app --no-mpxs`: one request at a time on a connection.

claim "It says that connections are not shared; there are no more requests than connections."
-- connection 1
> GET_VALUES {FCGI_MPXS_CONNS="" FCGI_MAX_REQS="" FCGI_MAX_CONNS=""}
< GET_VALUES_RESULT {FCGI_MPXS_CONNS=0 FCGI_MAX_REQS=2 FCGI_MAX_CONNS=2}

---
claim "A second request gets CANT_MPX_CONN, the first its answer."
-- connection 1
> BEGIN_REQUEST id=1 flags=KEEP_CONN
> BEGIN_REQUEST id=2 flags=KEEP_CONN
< END_REQUEST id=2 status=CANT_MPX_CONN
> PARAMS id=1 {QUERY_STRING="size=0"}
> STDIN id=1 {}
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=1
