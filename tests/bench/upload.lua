-- upload.lua: what wrk sends in against_peers.sh: a body of POST_BYTES.
wrk.method = "POST"
wrk.body = string.rep("x", tonumber(os.getenv("POST_BYTES")))
wrk.headers["Content-Type"] = "application/octet-stream"
