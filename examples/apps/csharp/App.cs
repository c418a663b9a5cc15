// App.cs: the pages of examples/apps in C#, as an ASP.NET handler that Mono's FastCGI server finds in bin/App.dll.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using System.Web;

public class App : IHttpHandler {
    delegate void Page(HttpContext context, string rest);

    static readonly int Pid = Process.GetCurrentProcess().Id;
    static readonly Dictionary<string, Page> Pages = new Dictionary<string, Page> {
        {"hello", Hello}, {"params", Params}, {"sum", Sum}, {"visits", Visits}, {"old", Old}, {"broken", Broken},
        {"clock", Clock}};

    public bool IsReusable { get { return true; } }

    static void Hello(HttpContext context, string name) {
        context.Response.Write($"Hello, {(name == "" ? "world" : name)}! I am process {Pid}.\n");
    }

    static void Params(HttpContext context, string rest) {
        var all = context.Request.ServerVariables;
        context.Response.Write($"PATH_INFO={context.Request.Path}\n"); // what comes so is SCRIPT_NAME for ASP.NET
        foreach (string name in all.AllKeys.Where(name => name != "PATH_INFO").OrderBy(name => name, StringComparer.Ordinal))
            context.Response.Write($"{name}={all[name]}\n");
    }

    static void Sum(HttpContext context, string rest) {
        var body = context.Request.InputStream;
        var part = new byte[65536];
        long length = 0;
        uint low = 1, high = 0;
        for (int n; (n = body.Read(part, 0, part.Length)) > 0; length += n)
            for (int at = 0; at < n; at++) {
                low = (low + part[at]) % 65521;
                high = (high + low) % 65521;
            }
        context.Response.Write($"{length} bytes, Adler-32 {high << 16 | low:x8}\n");
    }

    static void Visits(HttpContext context, string rest) {
        var sent = context.Request.Cookies["visits"];
        int visits = 1 + (sent == null ? 0 : int.Parse(sent.Value));
        context.Response.Cookies.Add(new HttpCookie("visits", visits.ToString()));
        context.Response.Cookies.Add(new HttpCookie("last", "csharp") {HttpOnly = true});
        context.Response.Write($"visit {visits}\n");
    }

    static void Old(HttpContext context, string rest) {
        context.Response.Redirect("/hello", false);
    }

    static void Broken(HttpContext context, string rest) {
        Console.Error.WriteLine("this page is broken on purpose");
        context.Response.StatusCode = 500;
        context.Response.Write("something broke\n");
    }

    static void Clock(HttpContext context, string rest) {
        int ticks = int.Parse(context.Request.QueryString["ticks"] ?? "5");
        context.Response.BufferOutput = false;
        context.Response.Write($"process {Pid}\n");
        for (int tick = 1; tick <= ticks && context.Response.IsClientConnected; tick++) {
            context.Response.Flush();
            Thread.Sleep(100);
            context.Response.Write($"tick {tick}\n");
        }
    }

    static void Missing(HttpContext context, string rest) {
        context.Response.StatusCode = 404;
        context.Response.Write("there is no such page\n");
    }

    public void ProcessRequest(HttpContext context) {
        var parts = (context.Request.Path + "//").Split(new[] {'/'}, 3);
        Page page;
        context.Response.ContentType = "text/plain";
        (Pages.TryGetValue(parts[1], out page) ? page : Missing)(context, parts[2].TrimEnd('/'));
    }
}
