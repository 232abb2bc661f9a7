// A headless Chromium, where there is one, on a page that loads the modules from a server as strict as the service.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { file } from './built.js';

const run = promisify(execFile);

/** The first of the names under which it is installed that answers. */
async function chromium() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    if (await run(name, ['--version']).catch(() => null)) return name;
  }
  return null;
}

export const browser = await chromium();
export const noBrowser = browser ? false : 'there is no chromium on the path';

/**
 * Opens `html`, which writes what it has to say into `<pre id="out">`.
 * @param {Record<string, Buffer | string>} [files] what else the page may ask for, by path
 * @returns {Promise<{said: string, asked: string[]}>} what it said, and every path that was asked for
 */
export async function browse(html, files = {}) {
  const asked = [];
  const server = createServer(async ({ url }, response) => {
    asked.push(url);
    const script = /^\/assay[a-z-]*\.js$/.test(url) ? await readFile(file(url.slice(1))) : null;
    // As strict as the service's own, but for the inline script of a test.
    response.setHeader('Content-Security-Policy',
      "default-src 'none'; connect-src 'self'; script-src 'self' 'unsafe-inline'; require-trusted-types-for 'script'");
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(script ?? files[url] ?? (url === '/' ? html : ''));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const profile = await mkdtemp(join(tmpdir(), 'assay-chromium-'));
  try {
    const { stdout } = await run(browser, [
      '--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, '--virtual-time-budget=60000',
        '--dump-dom',
      `http://127.0.0.1:${server.address().port}/`,
    ], { timeout: 100_000, maxBuffer: 2 ** 26 });
    const text = /<pre id="out">([^<]*)/.exec(stdout)[1];
    const entities = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
    return { said: text.replace(/&(lt|gt|amp);/g, (entity) => entities[entity]),
      asked: asked.filter((url) => url !== '/favicon.ico') };
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
