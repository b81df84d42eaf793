import { describe, expect, it } from 'vitest'
import { askLog } from '../../../src/capture/pod/ask-log.js'

const MARK = `%${'ab'.repeat(16)}`
const line = (number: number, text: string) => `${MARK} P ${number}:${Buffer.from(text).toString('base64')}\n`

function read(...pieces: readonly string[]) {
  let heard = ''
  const log = askLog(MARK, (bytes) => {
    heard += Buffer.from(bytes).toString()
  })
  for (const piece of pieces) {
    if (piece === 'again') log.restart()
    else log.take(Buffer.from(piece))
  }
  return { heard, complete: log.isComplete(), hole: log.hasHole(), foreign: log.foreign() }
}

describe('the log of a pod that asked', () => {
  it('is the capture and its end, however it is cut into pieces', () => {
    const text = `${line(1, 'one,')}${line(2, 'two')}${MARK} complete\n`
    const expected = { heard: 'one,two', complete: true, hole: false, foreign: '' }
    expect(read(text)).toEqual(expected)
    expect(read(...text)).toEqual(expected)
  })

  it('has what others write into it in no capture, whatever it looks like', () => {
    const others = `%${'cd'.repeat(16)} P 2:AAAA\nsidecar: ready\n${MARK}P 2:AAAA\n`
    const text = line(1, 'one,') + others + line(2, 'two')
    expect(read(text)).toEqual({ heard: 'one,two', complete: false, hole: false, foreign: `${MARK}P 2:AAAA` })
  })

  it('with a line missing ends where the hole is', () => {
    expect(read(line(1, 'one,') + line(3, 'three') + line(4, 'four'))).toMatchObject({ heard: 'one,', hole: true })
  })

  it('that begins in the middle, as after a rotation, has nothing', () => {
    expect(read(line(7, 'seven'))).toMatchObject({ heard: '', hole: true })
  })

  it('that is read again goes on where it broke off', () => {
    const [first, second] = [line(1, 'one,'), line(2, 'two,')]
    expect(read(first + second.slice(0, 50), 'again', first + second + line(3, 'three'))).toMatchObject({
      heard: 'one,two,three',
      hole: false,
    })
  })

  it('keeps what the listener and the sender said', () => {
    const log = askLog(MARK, () => {})
    log.take(Buffer.from(`${MARK} E 0 packets dropped by kernel\n${MARK} S ready\n${MARK} S failed No buffer\n`))
    expect([log.listener(), log.sender()]).toEqual(['0 packets dropped by kernel\n', 'ready\nfailed No buffer\n'])
  })
})
