import { expect, it } from 'vitest'
import { lasting } from '../../src/capture/lasting.js'
import type { LiveSource } from '../../src/capture/live.js'

const HEADER = 'pcap header of 24 bytes.'

/** A capture that gives a header and these chunks, and then fails or waits for its end. */
function capture(chunks: readonly string[], fails: boolean): LiveSource {
  let stop = () => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  return {
    source: { kind: 'live', name: 'lo', engine: 'tcpdump' },
    async *bytes() {
      for (const chunk of chunks) yield Buffer.from(chunk)
      if (fails) throw new Error('the interface went down')
      await stopped
    },
    stop: () => stop(),
    conditions: () => ({ dropped: 0, clock: 'kernel' }),
  }
}

async function read(device: string, openings: LiveSource[], until: string): Promise<[text: string, restarts: number]> {
  const source = await lasting(device, async () => openings.shift() ?? Promise.reject(new Error('down')))
  let text = ''
  for await (const chunk of source.bytes()) {
    text += Buffer.from(chunk)
    if (text.endsWith(until)) source.stop()
  }
  return [text, source.restarts()]
}

it('begins again where the program ended, and gives one header', async () => {
  const openings = [capture([HEADER, 'one '], true), capture([HEADER.slice(0, 10), `${HEADER.slice(10)}two`], false)]
  expect(await read('lo', openings, 'two')).toEqual([`${HEADER}one two`, 1])
})

it('fails when the interface has gone', async () => {
  await expect(read('l2d-none', [capture([HEADER], true)], 'never')).rejects.toThrow('went down')
})
