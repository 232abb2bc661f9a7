// What the tests are about: the joined assay.js, and the files beside it that others load. The Swift tests say where they
// are (ASSAY_WEB); by hand, `make web` puts them where this looks.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { ASSAY_WEB: folder } = process.env;
const built = folder ? pathToFileURL(`${resolve(folder)}/`) : new URL('../../.build/web/', import.meta.url);

/** @param {string} name of a file, such as `assay.js` */
export const file = (name) => new URL(name, built);

if (!existsSync(file('assay.js'))) throw new Error(`${file('assay.js').pathname} is not there: run make web`);

export const assay = await import(file('assay.js'));
export const badge = await import(file('assay-badge.js'));
export const texts = await import(file('assay-texts.js'));
export const tiles = await import(file('assay-tiles.js'));
