import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { MOST_LINKS } from '../../src/node/parse/links.js'
import { writeSnapshot } from '../../src/node/snapshot.js'
import { reportSchema } from '../../src/report/report.js'
import { crowdedHost } from '../bench/crowded-host.js'
import { collect } from '../collect.js'
import { CLI } from '../lab/scan-scenario.js'

/** A host with as many links as are read keeps l2doctor busy for seconds: a Ctrl-C is heard all the while. */

const folder = mkdtempSync(join(tmpdir(), 'l2doctor-interrupted-work-'))
const pipe = join(folder, 'host.json')
const SNAPSHOT = writeSnapshot(crowdedHost(MOST_LINKS))
afterAll(() => rmSync(folder, { recursive: true }))
execFileSync('mkfifo', [pipe])

/** A run that has all of the host's data now and has yet to parse it. */
async function handed() {
  const argv = [...CLI, 'audit-node', '--from', pipe, '--vip', '10.0.0.240', '--json']
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = collect(child)
  await new Promise<void>((resolve, reject) => {
    createWriteStream(pipe).on('error', reject).end(SNAPSHOT, resolve)
  })
  await expect.poll(() => reads(child), { timeout: 20_000, interval: 10 }).toBe(false)
  return { child, ended }
}

function reads({ pid }: ChildProcess): boolean {
  return execFileSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' }).includes(pipe)
}

describe('Ctrl-C while a huge host is parsed and judged', () => {
  it.each([0, 300])('ends with what is there, the rest is listed: after %i ms', { timeout: 60_000 }, async (ms) => {
    const { child, ended } = await handed()
    await sleep(ms)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect([1, 3], stderr).toContain(code)
    const { run, gaps, skipped, verdict } = reportSchema.parse(JSON.parse(stdout))
    expect(run.interrupted).toBe(true)
    expect(verdict).not.toBe('healthy')
    expect(gaps).toContainEqual(expect.objectContaining({ subject: 'rules', decisive: true }))
    expect(skipped.map(({ because }) => because)).toContain('interrupted before it was judged')
  })

  it.each([['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGTERM', 'SIGHUP']] as const)(
    'the second one ends it at once, with 130: %s %s',
    { timeout: 60_000 },
    async (...signals) => {
      const { child } = await handed()
      const closed = once(child, 'close')
      let sent = 0
      const again = setInterval(() => child.kill(signals[sent++ % signals.length]), 50)
      const [code, signal] = await closed
      clearInterval(again)
      // where the main thread does not hear in time, SIGINT ends it as it ends any program (src/cli/signal-thread.ts)
      expect(signal === 'SIGINT' ? 128 + constants.signals.SIGINT : code, `signal ${signal}`).toBe(130)
    },
  )
})
