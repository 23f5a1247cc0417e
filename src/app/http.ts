import http from 'node:http';

/** The web server with the limits that keep slow and idle clients from holding it. */
export function createHttpServer(handler: http.RequestListener): http.Server {
  const server = http.createServer({ maxHeaderSize: 32 * 1024 }, handler);
  // Slow or idle clients let go of their socket (threats B11); uploads have the request's own limits.
  server.headersTimeout = 15_000;
  server.requestTimeout = 600_000;
  server.keepAliveTimeout = 65_000; // above the usual 60 s of a proxy, so that it closes first
  server.maxHeadersCount = 100;
  return server;
}

/** Resolves with the port, once connections are accepted. */
export function listen(server: http.Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Stops accepting, lets what is under way finish for `ms`, then cuts. */
export function closeServer(server: http.Server, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) {
      resolve();
      return;
    }
    const cut = setTimeout(() => server.closeAllConnections(), ms);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
