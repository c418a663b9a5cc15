// probe.go: answers `fcgi check` with Go's net/http/fcgi: go build probe.go
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/fcgi"
	"os"
	"strconv"
	"strings"
)

func probe(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	w.Header().Set("Content-Type", "text/plain")
	if query.Has("stderr") {
		fmt.Fprintln(os.Stderr, query.Get("stderr"))
	}
	if status, err := strconv.Atoi(query.Get("status")); err == nil {
		w.WriteHeader(status)
	}
	if query.Has("echo") {
		io.Copy(w, r.Body)
	} else if size, err := strconv.Atoi(query.Get("size")); err == nil {
		io.WriteString(w, strings.Repeat("x", size))
	} else {
		for name, value := range fcgi.ProcessEnv(r) {
			fmt.Fprintf(w, "%s=%s\n", name, value)
		}
	}
}

func main() {
	fcgi.Serve(nil, http.HandlerFunc(probe))
}
