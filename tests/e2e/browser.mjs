// Debian's Chromium, driven by playwright-core; one profile a scenario, closed with it.
import path from 'node:path';
import { chromium } from 'playwright-core';

import { root } from './harness.mjs';

const kChromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const kScreenshots = path.join(root, 'build/screenshots');

export async function openBrowser(world, viewport = { width: 1100, height: 500 }) {
  const context = await chromium.launchPersistentContext(path.join(world.folder, 'chromium'), {
    executablePath: kChromium,
    headless: true,
    viewport,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  world.atEnd(() => context.close());
  return context;
}
