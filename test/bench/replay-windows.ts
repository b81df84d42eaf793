import { Windows } from '../../src/observe/windows.js'
import { arpReply, arpRequest } from '../../src/wire/write-arp.js'
import { pcapHeader, pcapRecord } from '../../src/wire/write-pcap.js'
import { median } from './measured.js'

/** Prints: frames, the median of MB after each window of the first fifth, the same of the last, seconds. */
const [ALL, WINDOW, CHUNK] = [100e6, 1e6, 10_000]
const STATIONS = 200
const asked = Array.from({ length: 500 }, (_, at) => 0x0a4d0100 + at)

const frames = Array.from({ length: CHUNK }, (_, at) => {
  const asker = { mac: 0x020000000100 + (at % STATIONS), ip: 0x0a4d0000 + (at % STATIONS) }
  const owner = { mac: 0x020000000011, ip: asked[at % asked.length]! }
  const frame = at % 2 === 0 ? arpRequest(asker, owner.ip) : arpReply(owner, asker)
  return pcapRecord(Date.UTC(2026, 0, 1) * 1000 + at * 100, frame)
})
const chunk = Buffer.concat(frames)

const options = { asked, allAddresses: false }
const windows = new Windows(options)
windows.push(pcapHeader())
const startedAt = performance.now()
const taken: number[] = []
for (let read = CHUNK; read <= ALL; read += CHUNK) {
  windows.push(chunk)
  if (read % WINDOW !== 0) continue
  windows.roll(options)
  taken.push(process.memoryUsage.rss() / 2 ** 20)
}
const fifth = taken.length / 5
const [first, last] = [median(taken.slice(0, fifth)), median(taken.slice(-fifth))]
process.stdout.write(`${ALL} ${first} ${last} ${((performance.now() - startedAt) / 1000).toFixed(0)}`)
