// The drop-in for Node, as those who use it have it: in one folder with a copy of assay.js.

import { rmSync } from 'node:fs';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { file } from './built.js';

const folder = await mkdtemp(join(tmpdir(), 'assay-checker-')), name = 'assay-token.mjs';
await copyFile(new URL(`../../integrations/node/${name}`, import.meta.url), join(folder, name));
await copyFile(file('assay.js'), join(folder, 'assay.mjs'));

/** The file, to be run as a program. */
export const program = join(folder, name);
export const { Checker, TokenRefused } = await import(pathToFileURL(program));
process.on('exit', () => rmSync(folder, { recursive: true }));
