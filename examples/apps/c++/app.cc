// app.cc: the pages of examples/apps in C++, with libfcgi++: c++ app.cc -o app -lfcgi++ -lfcgi
#include <chrono>
#include <cstdlib>
#include <fcgio.h>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

struct Exchange {
  FCGX_Request &request;
  std::istream &in;
  std::ostream &out, &errors;
  std::string rest;

  std::string param(const char *name) const {
    const char *value = FCGX_GetParam(name, request.envp);
    return value ? value : "";
  }
  // The number behind `name` in a parameter.
  long number(const char *in_param, const std::string &name, long otherwise) const {
    const std::string text = param(in_param);
    const auto at = text.find(name);
    return at == std::string::npos ? otherwise : std::atol(text.c_str() + at + name.size());
  }
  std::ostream &text() {
    return out << "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  }
};

void hello(Exchange &e) {
  e.text() << "Hello, " << (e.rest.empty() ? "world" : e.rest) << "! I am process " << getpid()
           << ".\n";
}

void params(Exchange &e) {
  e.text();
  for (char **one = e.request.envp; *one; one++)
    e.out << *one << '\n';
}

void sum(Exchange &e) {
  unsigned long a = 1, b = 0, length = 0;
  char part[65536];
  while (e.in.read(part, sizeof part), e.in.gcount() > 0) {
    length += e.in.gcount();
    for (std::streamsize i = 0; i < e.in.gcount(); i++) {
      a = (a + static_cast<unsigned char>(part[i])) % 65521;
      b = (b + a) % 65521;
    }
  }
  e.text() << length << " bytes, Adler-32 " << std::hex << std::setfill('0') << std::setw(8)
           << (b << 16 | a) << std::dec << '\n';
}

void visits(Exchange &e) {
  const long n = 1 + e.number("HTTP_COOKIE", "visits=", 0);
  e.out << "Set-Cookie: visits=" << n << "; Path=/\r\nSet-Cookie: last=c++; Path=/; HttpOnly\r\n";
  e.text() << "visit " << n << '\n';
}

void old(Exchange &e) {
  e.out << "Status: 302 Found\r\nLocation: " << e.param("SCRIPT_NAME") << "/hello\r\n\r\n";
}

void broken(Exchange &e) {
  e.errors << "this page is broken on purpose\n";
  e.out << "Status: 500 Internal Server Error\r\n";
  e.text() << "something broke\n";
}

void show_clock(Exchange &e) {
  const long ticks = e.number("QUERY_STRING", "ticks=", 5);
  e.text() << "process " << getpid() << '\n';
  for (long tick = 1; tick <= ticks && e.out.flush(); tick++) { // else the client has left
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    e.out << "tick " << tick << '\n';
  }
}

const std::map<std::string, std::function<void(Exchange &)>> pages = {
    {"hello", hello}, {"params", params}, {"sum", sum},         {"visits", visits},
    {"old", old},     {"broken", broken}, {"clock", show_clock}};

void answer(Exchange &e) {
  const std::string path = e.param("PATH_INFO");
  const auto end = path.find('/', 1);
  const auto page =
      pages.find(path.empty() ? "" : path.substr(1, end == std::string::npos ? end : end - 1));
  if (end != std::string::npos)
    e.rest = path.substr(end + 1);
  if (page != pages.end()) {
    page->second(e);
  } else {
    e.out << "Status: 404 Not Found\r\n";
    e.text() << "there is no such page\n";
  }
}

} // namespace

int main() {
  FCGX_Request request;
  FCGX_Init();
  FCGX_InitRequest(&request, 0, 0);
  while (FCGX_Accept_r(&request) == 0) {
    fcgi_streambuf in(request.in), out(request.out), errors(request.err);
    std::istream body(&in);
    std::ostream response(&out), log(&errors);
    Exchange e{request, body, response, log, ""};
    answer(e);
  }
}
