import { request } from 'node:http';

/** A request with any Host header, which fetch() does not let a test choose. */
export function askAt(
  port: number,
  asked: {
    readonly host: string;
    readonly method: string;
    readonly target: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<{
  readonly status: number;
  readonly text: string;
  readonly cookies: string;
  readonly location: string;
}> {
  const { host, method, target, headers = {}, body = '' } = asked;
  const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path: target,
        method,
        headers: { Host: host, Accept: 'text/html', ...length, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            cookies: (response.headers['set-cookie'] ?? []).join('\n'),
            location: response.headers.location ?? '',
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
