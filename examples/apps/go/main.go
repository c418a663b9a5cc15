// main.go: the pages of examples/apps in Go, with net/http/fcgi: on the socket that the pool hands over, or at an
// address of its own: app [-listen HOST:PORT] [-prefix PATH].
package main

import (
	"flag"
	"fmt"
	"hash/adler32"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"strconv"
	"strings"
	"time"
)

var (
	address = flag.String("listen", "", "HOST:PORT; without it the socket is descriptor 0")
	prefix  = flag.String("prefix", "", "what paths begin with where the application is not at the root")
)

func hello(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/hello"), "/")
	if name == "" {
		name = "world"
	}
	fmt.Fprintf(w, "Hello, %s! I am process %d.\n", name, os.Getpid())
}

// params shows what net/http/fcgi has not made into fields of the request, and those.
func params(w http.ResponseWriter, r *http.Request) {
	for name, value := range fcgi.ProcessEnv(r) {
		fmt.Fprintf(w, "%s=%s\n", name, value)
	}
	for name := range r.Header {
		fmt.Fprintf(w, "HTTP_%s=%s\n", strings.ReplaceAll(strings.ToUpper(name), "-", "_"), r.Header.Get(name))
	}
	fmt.Fprintf(w, "QUERY_STRING=%s\nPATH_INFO=%s\n", r.URL.RawQuery, r.URL.Path)
}

func sum(w http.ResponseWriter, r *http.Request) {
	hash := adler32.New()
	n, err := io.Copy(hash, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%d bytes, Adler-32 %08x\n", n, hash.Sum32())
}

func visits(w http.ResponseWriter, r *http.Request) {
	visits := 1
	if cookie, err := r.Cookie("visits"); err == nil {
		n, _ := strconv.Atoi(cookie.Value)
		visits = n + 1
	}
	http.SetCookie(w, &http.Cookie{Name: "visits", Value: strconv.Itoa(visits), Path: "/"})
	http.SetCookie(w, &http.Cookie{Name: "last", Value: "go", Path: "/", HttpOnly: true})
	fmt.Fprintf(w, "visit %d\n", visits)
}

func old(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, *prefix+"/hello", http.StatusFound)
}

func broken(w http.ResponseWriter, r *http.Request) {
	log.Print("this page is broken on purpose")
	http.Error(w, "something broke", http.StatusInternalServerError)
}

func missing(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "there is no such page", http.StatusNotFound)
}

func clock(w http.ResponseWriter, r *http.Request) {
	ticks, err := strconv.Atoi(r.FormValue("ticks"))
	if err != nil {
		ticks = 5
	}
	fmt.Fprintf(w, "process %d\n", os.Getpid())
	for tick := 1; tick <= ticks; tick++ {
		w.(http.Flusher).Flush()
		time.Sleep(100 * time.Millisecond)
		if _, err := fmt.Fprintf(w, "tick %d\n", tick); err != nil {
			return // the client has left
		}
	}
}

func main() {
	flag.Parse()
	http.HandleFunc("/", missing)
	http.HandleFunc("/hello", hello)
	http.HandleFunc("/hello/", hello)
	http.HandleFunc("/params", params)
	http.HandleFunc("/params/", params)
	http.HandleFunc("/sum", sum)
	http.HandleFunc("/visits", visits)
	http.HandleFunc("/old", old)
	http.HandleFunc("/broken", broken)
	http.HandleFunc("/clock", clock)
	var listener net.Listener
	if *address != "" {
		var err error
		if listener, err = net.Listen("tcp", *address); err != nil {
			log.Fatal(err)
		}
	}
	pages := http.StripPrefix(*prefix, http.DefaultServeMux)
	text := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		pages.ServeHTTP(w, r)
	}
	log.Fatal(fcgi.Serve(listener, http.HandlerFunc(text)))
}
