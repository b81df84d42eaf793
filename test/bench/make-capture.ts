/**
 * Writes the captures that the benchmark reads. The same arguments give the same bytes.
 *
 *     node dist/test/bench/make-capture.js arp|families|mixed|storm FRAMES FILE
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { ADVERTISED } from '../../src/wire/discovery-decoder.js'
import { arpReply, arpRequest, gratuitousArp, type Station } from '../../src/wire/write-arp.js'
import { advertisement, type Station6, solicitation } from '../../src/wire/write-discovery.js'
import { PCAP_RECORD_HEADER_LENGTH, pcapHeader, setPcapRecord } from '../../src/wire/write-pcap.js'

/** What a capture is made of: `frame(n)` is frame n, padded as a network card does, and the microseconds since the last. */
interface Recipe {
  frame(index: number): Uint8Array
  gapMicros(index: number): number
}

const START = Date.UTC(2026, 0, 1) * 1000
const BLOCK = 4 * 1024 * 1024
const SMALLEST_FRAME = 60

const HOSTS = 300
const VIPS = 10
const PEERS = 4
const STORM_PAIRS = 1_000_000
const MIXED_ARP_EVERY = 50
const MIXED_FRAME_BYTES = 744

/** A segment of 300 hosts that ask for 10 VIPs and for 4 peers each, at 2000 frames a second; every 50th frame is gratuitous. */
function arp(): Recipe {
  const random = generator(1)
  const hosts = Array.from({ length: HOSTS }, (_, n) => station(n + 1))
  const vips = Array.from({ length: VIPS }, (_, n) => ({ mac: hosts[n % 3]!.mac, ip: 0x0a00_f000 + n }))
  let open: [Station, Station] | null = null
  return {
    frame(index) {
      if (open !== null) {
        const [asker, owner] = open
        open = null
        return arpReply(owner, asker)
      }
      if (index % 50 === 0) return gratuitousArp(vips[index % VIPS]!, { oper: 1 + ((index / 50) % 2) })
      const number = random() % HOSTS
      const asker = hosts[number]!
      const owner = random() % 4 === 0 ? hosts[(7 * number + (random() % PEERS)) % HOSTS]! : vips[random() % VIPS]!
      if (random() % 10 !== 0) open = [asker, owner]
      return arpRequest(asker, owner.ip)
    },
    gapMicros: () => (open === null ? 200 + (random() % 600) : 300 + (random() % 400)),
  }
}

/** 744-byte IPv4 frames, of which every 50th is an ARP frame of the recipe above. */
function mixed(): Recipe {
  const inner = arp()
  const data = new Uint8Array(MIXED_FRAME_BYTES)
  data.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45])
  return {
    frame: (index) => (index % MIXED_ARP_EVERY === 0 ? inner.frame(index / MIXED_ARP_EVERY) : data),
    gapMicros: (index) => index % 17,
  }
}

/** ARP and neighbour discovery by turns: 300 hosts that ask for 10 VIPs of each family, each request with its answer. */
function families(): Recipe {
  const random = generator(1)
  const prefix = 0x20010db8n << 96n
  let answer: Uint8Array | null = null
  let six = false
  return {
    frame() {
      if (answer !== null) {
        const last = answer
        answer = null
        return last
      }
      six = !six
      const [asker, vip] = [station(1 + (random() % HOSTS)), station(0xf000 + (random() % VIPS))]
      if (!six) {
        answer = arpReply(vip, asker)
        return arpRequest(asker, vip.ip)
      }
      const [from, owner] = [asker, vip].map(({ mac, ip }) => ({ mac, ip: prefix + BigInt(ip) })) as [
        Station6,
        Station6,
      ]
      answer = advertisement(owner, from, { flags: ADVERTISED.solicited | ADVERTISED.override })
      return solicitation(from, owner.ip)
    },
    gapMicros: () => 200 + (random() % 400),
  }
}

/** Replies from a million distinct pairs of address and MAC, 200 000 a second. */
function storm(): Recipe {
  return {
    frame: (index) => arpReply(station(0x10_0000 + (index % STORM_PAIRS)), station(1)),
    gapMicros: () => 5,
  }
}

export const RECIPES = { arp, families, mixed, storm } satisfies Record<string, () => Recipe>

/** Writes a pcap of so many frames and returns its size in bytes. */
export function makeCapture(kind: keyof typeof RECIPES, frames: number, file: string): number {
  const recipe = RECIPES[kind]()
  const out = openSync(file, 'w')
  const block = new Uint8Array(BLOCK)
  const view = new DataView(block.buffer)
  block.set(pcapHeader())
  let [at, filled, size] = [START, pcapHeader().length, 0]
  for (let index = 0; index < frames; index++) {
    at += recipe.gapMicros(index)
    const frame = recipe.frame(index)
    const length = Math.max(frame.length, SMALLEST_FRAME)
    if (filled + PCAP_RECORD_HEADER_LENGTH + length > BLOCK) {
      size += writeSync(out, block, 0, filled)
      filled = 0
    }
    setPcapRecord(view, filled, at, length)
    filled += PCAP_RECORD_HEADER_LENGTH
    block.fill(0, filled + frame.length, filled + length)
    block.set(frame, filled)
    filled += length
  }
  size += writeSync(out, block, 0, filled)
  closeSync(out)
  return size
}

function station(number: number): Station {
  return { mac: 0x0200_0000_0000 + number, ip: 0x0a00_0000 + number }
}

/** xorshift32: the numbers need not be good, only the same everywhere. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [kind = '', frames = '', file = ''] = process.argv.slice(2)
  if (!(kind in RECIPES) || !(Number(frames) > 0) || file === '') {
    console.error(`usage: make-capture ${Object.keys(RECIPES).join('|')} FRAMES FILE`)
    process.exitCode = 2
  } else console.log(`${makeCapture(kind as keyof typeof RECIPES, Number(frames), file)} bytes`)
}
