// App.java: the pages of examples/apps in Java, with Jetty's FastCGI server, at an address of its own:
// java -cp JARS App.java PORT [PREFIX], which is what paths begin with where it is not at the root.
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.zip.Adler32;
import javax.servlet.http.Cookie;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.fcgi.server.ServerFCGIConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.AbstractHandler;
import org.eclipse.jetty.server.handler.ContextHandler;

public class App extends AbstractHandler {
    private static final long PID = ProcessHandle.current().pid();

    private String hello(String name) {
        return "Hello, " + (name.isEmpty() ? "world" : name) + "! I am process " + PID + ".\n";
    }

    private String params(HttpServletRequest request) {
        StringBuilder all = new StringBuilder("PATH_INFO=" + request.getPathInfo() + "\n");
        all.append("QUERY_STRING=" + request.getQueryString() + "\n");
        for (String name : Collections.list(request.getHeaderNames()))
            all.append("HTTP_" + name.toUpperCase().replace('-', '_') + "=" + request.getHeader(name) + "\n");
        return all.toString();
    }

    private String sum(InputStream body) throws IOException {
        Adler32 sum = new Adler32();
        byte[] part = new byte[65536];
        long length = 0;
        for (int n; (n = body.read(part)) >= 0; length += n)
            sum.update(part, 0, n);
        return String.format("%d bytes, Adler-32 %08x\n", length, sum.getValue());
    }

    private String visits(HttpServletRequest request, HttpServletResponse response) {
        int visits = 1;
        if (request.getCookies() != null)
            for (Cookie cookie : request.getCookies())
                if (cookie.getName().equals("visits"))
                    visits += Integer.parseInt(cookie.getValue());
        response.addCookie(new Cookie("visits", "" + visits));
        response.addCookie(new Cookie("last", "java"));
        return "visit " + visits + "\n";
    }

    private String old(HttpServletRequest request, HttpServletResponse response) {
        response.setStatus(302);
        response.setHeader("Location", request.getContextPath() + "/hello");
        return "";
    }

    private String broken(HttpServletResponse response) {
        System.err.println("this page is broken on purpose");
        response.setStatus(500);
        return "something broke\n";
    }

    private String clock(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String ticks = request.getParameter("ticks");
        response.getWriter().print("process " + PID + "\n");
        for (int tick = 1; tick <= (ticks == null ? 5 : Integer.parseInt(ticks)); tick++) {
            response.flushBuffer();
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                return "";
            }
            response.getWriter().print("tick " + tick + "\n");
        }
        return "";
    }

    private String missing(HttpServletResponse response) {
        response.setStatus(404);
        return "there is no such page\n";
    }

    @Override
    public void handle(String path, Request base, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String[] parts = (path + "//").split("/", 3);
        String name = parts[2].replaceAll("/*$", "");
        base.setHandled(true);
        response.setContentType("text/plain; charset=utf-8");
        response.getWriter().print(switch (parts[1]) {
            case "hello" -> hello(name);
            case "params" -> params(request);
            case "sum" -> sum(request.getInputStream());
            case "visits" -> visits(request, response);
            case "old" -> old(request, response);
            case "broken" -> broken(response);
            case "clock" -> clock(request, response);
            default -> missing(response);
        });
    }

    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, new ServerFCGIConnectionFactory(new HttpConfiguration()));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        server.addConnector(connector);
        ContextHandler context = new ContextHandler(arguments.length > 1 ? arguments[1] : "/");
        context.setHandler(new App());
        server.setHandler(context);
        server.start();
        server.join();
    }
}
