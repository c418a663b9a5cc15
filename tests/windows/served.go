// served.go: Go's net/http/fcgi on an address, with the words of small-php: n, echo, size, pid.  usage: served ADDRESS
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"strconv"
	"strings"
)

func answer(w http.ResponseWriter, r *http.Request) {
	word, value, _ := strings.Cut(r.URL.RawQuery, "=")
	n, _ := strconv.Atoi(value)
	w.Header().Set("Content-Type", "text/plain")
	switch word {
	case "echo":
		io.Copy(w, r.Body)
	case "size":
		for i := 0; i < n; i += 16 {
			io.WriteString(w, "abcdefghijklmnop"[:min(16, n-i)])
		}
	case "pid":
		fmt.Fprint(w, os.Getpid())
	default:
		fmt.Fprint(w, n)
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func main() {
	listener, err := net.Listen("tcp", os.Args[1])
	if err == nil {
		err = fcgi.Serve(listener, http.HandlerFunc(answer))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
