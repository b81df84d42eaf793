import { expect, it } from 'vitest'
import { LiveLine } from '../../src/cli/live-line.js'
import { fileWords, liveWords } from '../../src/cli/live-look.js'

const CLEAR = '\r\u001b[K'

/** A terminal that keeps what is written, and a clock that is set. */
function stage(isTTY: boolean, term = 'xterm') {
  const written: string[] = []
  const at = { now: 0 }
  const terminal = { isTTY, columns: 20, write: (text: string | Uint8Array) => written.push(String(text)) > 0 }
  return { written, at, line: new LiveLine(terminal, () => at.now, term) }
}

it('is drawn in place, not more often than the eye follows, and is gone at the end', () => {
  const { written, at, line } = stage(true)
  line.show('one')
  line.show('too soon')
  at.now = 150
  line.show('two')
  line.clear()
  line.clear()
  expect(written).toEqual([`${CLEAR}one`, `${CLEAR}two`, CLEAR])
})

it('takes one line of the terminal, and obeys nothing that a host says', () => {
  const { written, line } = stage(true)
  line.show(`${'x'.repeat(15)}\n\u001b[31m${'y'.repeat(40)}`)
  expect(written[0]!.slice(CLEAR.length)).toHaveLength(19)
  const shown = written[0]!.slice(CLEAR.length)
  expect([shown.includes('\n'), shown.includes('\u001b')]).toEqual([false, false])
})

it.each([
  ['no terminal', stage(false)],
  ['a terminal that cannot go back', stage(true, 'dumb')],
])('is silent on %s', (_, { written, line }) => {
  line.show('one')
  line.clear()
  expect(line.seen).toBe(false)
  expect(written).toEqual([])
})

it('is silent once it is muted', () => {
  const { written, line } = stage(true)
  line.mute()
  line.show('one')
  expect(written).toEqual([])
})

it('says how far a look is, and how long it still takes', () => {
  const source = { source: { kind: 'live', name: 'eth0', engine: 'cap' } } as never
  const far = { frames: 340, bytes: null }
  expect(liveWords({ source, plan: { seconds: 59.2, sent: () => 25 } }, far, 12.7)).toBe(
    'eth0: 12 of about 60 s, 340 frames, 25 requests sent',
  )
  expect(liveWords({ source, plan: { seconds: null, sent: null } }, far, 3)).toBe('eth0: 3 s, 340 frames')
})

it('says how much of a file is read', () => {
  const bytes = { read: 120 * 2 ** 20, of: 480 * 2 ** 20 }
  expect(fileWords('a.pcap', { frames: 1200, bytes }, 2)).toBe('a.pcap: 120 of 480 MiB, 1200 frames, about 6 s more')
  expect(fileWords('-', { frames: 5, bytes: null }, 2)).toBe('-: 5 frames')
})
