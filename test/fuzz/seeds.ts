import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { advertFrame } from '../advert-frames.js'
import { asPcap, asPcapng } from '../capture/formats.js'
import { parseTrace, traceToPcap } from '../trace.js'

const TRACE = `
0      ask 01/10.0.0.1 -> 10.0.0.240
0.0004 answer 02/10.0.0.240 -> 01/10.0.0.1
0.0005 answer 03/10.0.0.240 -> 01/10.0.0.1 vlan 100
0.3    probe 01 -> 10.0.0.240 vlan 200.300
0.6    ask 01/10.0.0.1 -> 10.0.0.240 at 02
0.65   garp 02/10.0.0.240 vlan 1.2.3.4.5
0.7    garp 02/10.0.0.240 repeat 40 every 0.001
1.7    garp-reply 03/10.0.0.240
2      oper 8 01/10.0.0.1 -> 02/10.0.0.2
2.1    advert 11/10.0.0.11 vrid 51 prio 150 for 10.0.0.240,10.0.0.241 password geheim
2.2    advert 12/10.0.0.12 vrid 51 prio 100 for 10.0.0.240 version 3 vlan 100
2.3    advert 12/fe80::12 vrid 51 prio 100 for fe80::1
2.4    carp 12/10.0.0.12 vrid 5 prio 100`

const DISCOVERY = `
0     ask 01/2001:db8::1 -> 2001:db8::240
0.001 answer 02/2001:db8::240 -> 01/2001:db8::1
0.3   probe 01 -> 2001:db8::240 vlan 200.300
0.31  garp 02/2001:db8::240 vlan 100
0.6   ask 01/fe80::1 -> 2001:db8::240 at 02
0.601 answer 02/2001:db8::240 -> 01/fe80::1 flags s bare`

/** Frames of neighbour discovery. */
export const DISCOVERY_FRAMES = parseTrace(DISCOVERY).map(({ frame }) => frame)

const LISTENERS = `
0   mld-query 0a/fe80::a
0.1 mld-query 0a/fe80::a for 2001:db8::240 vlan 100
0.2 mld-report 11/fe80::11 for fe80::11,2001:db8::240,2001:db8::11
0.3 mld-report1 12/fe80::12 for 2001:db8::240 vlan 200.300`

/** Queries and reports of multicast listeners. */
export const LISTENER_FRAMES = parseTrace(LISTENERS).map(({ frame }) => frame)

/** Frames of every kind that the decoder knows. */
export const FRAMES = parseTrace(TRACE).map(({ frame }) => frame)

/** Adverts of every kind. */
export const ADVERTS: readonly Uint8Array[] = [
  ...FRAMES.filter((frame) => frame[12] !== 0x08 || frame[13] !== 0x06),
  advertFrame({
    mac: 0x020000000011,
    source: '10.0.0.11',
    vrid: 1,
    priority: 1,
    addresses: ['10.0.0.1'],
    isBehindAh: true,
  }),
  advertFrame({ mac: 0x020000000011, source: 'fe80::1', vrid: 1, priority: 1, protocol: 'carp' }),
]

/** Captures of every format, made here. */
export function generatedCaptures(): Uint8Array[] {
  const frames = parseTrace(`${TRACE}${DISCOVERY}`)
  return [
    traceToPcap(TRACE),
    ...[true, false].flatMap((little) => [
      asPcap(frames, { little }),
      asPcap(frames, { little, magic: 'nanos' }),
      asPcap(frames, { little, magic: 'modified' }),
      asPcapng(frames, { little }),
      asPcapng(frames, { little, resolution: 9, block: 'obsolete' }),
      asPcapng(frames, { little, resolution: 0x80 | 20, block: 'simple', offsetSeconds: 5 }),
    ]),
  ]
}

/** Captures from real networks, where they are at hand; says loudly which were taken. */
export function realCaptures(): Uint8Array[] {
  const directory = process.env['CAPTURES'] ?? join(import.meta.dirname, '../../../shared/captures')
  if (!existsSync(directory)) {
    console.warn(`fuzz: NO real captures as seeds, there is no ${directory}; set CAPTURES to a directory of captures`)
    return []
  }
  const names = readdirSync(directory).filter((name) => /\.(pcap|pcapng|cap|gz)$/.test(name))
  console.warn(`fuzz: seeds are ${names.length} real captures from ${directory}, and the generated ones`)
  return names.map((name) => {
    const bytes = readFileSync(join(directory, name))
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).subarray(0, 4096)
  })
}
