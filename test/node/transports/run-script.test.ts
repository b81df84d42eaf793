import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { OUTPUT_LIMIT, runScript } from '../../../src/node/transports/run-script.js'

const patient = { timeoutMs: 20_000, signal: new AbortController().signal }

describe('a run', () => {
  it('feeds the script and brings home output, words and exit status', async () => {
    const result = await runScript('sh', ['-s'], 'echo out; echo err >&2; exit 3', patient)
    expect(result).toEqual({ stdout: Buffer.from('out\n'), stderr: 'err\n', end: { kind: 'exited', code: 3 } })
  })

  it('ends at its deadline, with what came until then and with its children', async () => {
    const seconds = `314.${process.pid}` // told apart from that of another run on this machine
    const script = `echo first; sleep ${seconds} & wait`
    const result = await runScript('sh', ['-s'], script, { ...patient, timeoutMs: 300 })
    expect(result).toMatchObject({ stdout: Buffer.from('first\n'), end: { kind: 'timeout' } })
    expect(spawnSync('pgrep', ['-fx', `sleep ${seconds}`]).stdout.toString()).toBe('')
  })

  it('cuts endless output off at its bound', async () => {
    const { stdout, end } = await runScript('cat', ['/dev/zero'], '', patient)
    expect([stdout.length, end]).toEqual([OUTPUT_LIMIT, { kind: 'flood' }])
  })

  it('keeps a bounded part of endless words on stderr', async () => {
    const { stderr, end } = await runScript('sh', ['-s'], 'head -c 1000000 /dev/zero >&2', patient)
    expect([stderr.length, end]).toEqual([16 * 1024, { kind: 'exited', code: 0 }])
  })

  it('ends when it is interrupted, and does not begin when it was', async () => {
    const interruption = new AbortController()
    const running = runScript('sleep', ['60'], '', { ...patient, signal: interruption.signal })
    interruption.abort()
    expect((await running).end).toEqual({ kind: 'interrupted' })
    const late = await runScript('sleep', ['60'], '', { ...patient, signal: interruption.signal })
    expect(late.end).toEqual({ kind: 'interrupted' })
  })

  it('says why a command could not start', async () => {
    const { end } = await runScript('l2doctor-no-such-command', [], 'x', patient)
    expect(end).toMatchObject({ kind: 'not-started', cause: { code: 'ENOENT' } })
  })

  it('does not mind a command that never reads its script', async () => {
    const { end } = await runScript('true', [], 'x'.repeat(1_000_000), patient)
    expect(end).toEqual({ kind: 'exited', code: 0 })
  })
})
