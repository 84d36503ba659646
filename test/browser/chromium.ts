/** Finds and starts a headless Chromium for the tests that look at pages. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The path of a Chromium, or the reason why there is none to be had. `env` is the process's environment. */
export function findChromium(
  env: Readonly<Record<string, string | undefined>>,
): { readonly path: string } | { readonly missing: string } {
  const named = env['SIDEQUAKE_CHROMIUM'];
  if (named !== undefined && named !== '') {
    return isExecutable(named) ? { path: named } : { missing: `SIDEQUAKE_CHROMIUM=${named} cannot be executed` };
  }
  const folders = ['/usr/bin', ...(env['PATH'] ?? '').split(delimiter)].filter((folder) => folder !== '');
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
  if (found !== undefined) return { path: found };
  return { missing: 'no Chromium on PATH: install one (apt-get install chromium) or name it in SIDEQUAKE_CHROMIUM' };
}

/** Starts it quietly: it must talk to nobody but the page. */
export async function startChromium(path: string): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
