import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Hashed files, immutable, with their `.br` or `.gz` neighbour when the browser takes it. Files made
 * at build time are the only thing compressed here: pages that hold a token are not (BREACH).
 */
export function serveAssets(dir: string): RequestHandler {
  const router = Router();
  router.use((req, res, next) => {
    res.locals['route'] = '/assets';
    res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    const type = TYPES[path.extname(req.path)];
    if (type === undefined || !/^\/[A-Za-z0-9._-]+$/.test(req.path)) {
      next();
      return;
    }
    const accepted = req.get('Accept-Encoding') ?? '';
    const encoding = [
      ['br', '.br'],
      ['gzip', '.gz'],
    ].find(
      ([name, ext]) =>
        accepted.includes(name ?? '') && existsSync(path.join(dir, `${req.path}${ext}`)),
    );
    res.setHeader('Vary', 'Accept-Encoding');
    if (encoding) {
      res.setHeader('Content-Encoding', encoding[0] ?? '');
      res.setHeader('Content-Type', type);
      req.url = `${req.path}${encoding[1]}`;
    }
    next();
  });
  router.use(
    express.static(dir, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders(res, file) {
        const type = TYPES[path.extname(file.replace(/\.(br|gz)$/, ''))];
        if (type !== undefined) res.setHeader('Content-Type', type);
      },
    }),
  );
  router.use((_req, res) => {
    res.setHeader('Cache-Control', 'no-store');
    res.removeHeader('Content-Encoding');
    res.status(404).type('text').send('404');
  });
  return router;
}
