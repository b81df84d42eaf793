import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { describe } from 'vitest'
import { describeLab } from './describe-lab.js'

/** Debian's program; no browser is fetched. */
const PROGRAM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file) => spawnSync(file, ['--version']).status === 0,
)

/** `describe` for tests that look at a page; where there is no Chromium it says so on stderr and in the name. */
export function describeInChromium(name: string, tests: () => void): void {
  if (PROGRAM !== undefined) {
    describeLab(name, tests)
    return
  }
  const why = 'Chromium is not here (Debian: apt-get install chromium)'
  console.warn(`SKIPPED ${name}: ${why}`)
  describe.skip(`${name} (SKIPPED: ${why})`, tests)
}

/** Starts Chromium, in a network namespace where one is named: it then reaches what the host of the lab reaches. */
export async function openChromium(namespace: string | null = null): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-chromium-'))
  const wrapper = join(folder, 'chromium')
  const inside = namespace === null ? '' : `ip netns exec ${namespace} `
  writeFileSync(wrapper, `#!/bin/sh\nexec ${inside}${PROGRAM} "$@"\n`, { mode: 0o755 })
  const browser = await chromium.launch({ executablePath: wrapper, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }))
  return browser
}
