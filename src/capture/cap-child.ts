/**
 * Child process around `cap`: pcap on stdout until stdin ends. Arguments: the interface, MiB of ring.
 *
 * In a storm cap's read loop never returns to the event loop, so timers, signals and streams stand still; all that must
 * happen then (hand on a block, see the end of stdin) happens inside the packet handler.
 */
import { readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { LINK_TYPE } from '../wire/link-type.js'
import { PCAP_RECORD_HEADER_LENGTH, pcapHeader, setPcapRecord } from '../wire/write-pcap.js'
import { Backlog } from './backlog.js'
import { openForever, packet } from './cap-handle.js'
import { LISTEN_FILTER, SNAP_LENGTH } from './live.js'

const BLOCK_BYTES = 256 * 1024
const LARGEST_RECORD = PCAP_RECORD_HEADER_LENGTH + SNAP_LENGTH
/** How long a frame may wait for its block to fill. */
const TURN_MICROS = 20_000
/** How long the backlog is written on after the end was asked for; what then remains is left out, as if we had ended sooner. */
const DRAIN_MS = 50

const LINK_TYPES: Record<string, number> = { ETHERNET: LINK_TYPE.ethernet, LINKTYPE_LINUX_SLL: LINK_TYPE.linuxSll }
const OTHER_LINK_TYPES: Record<string, number> = { NULL: 0, RAW: 101, IEEE802_11_RADIO: 127 }

const block = Buffer.alloc(BLOCK_BYTES)
const view = new DataView(block.buffer)
const answer = Buffer.alloc(1)
let used = 0
let turnAt = 0
let timer: NodeJS.Timeout | undefined

// Streams make their pipes non-blocking. stdout: a parent that is late must not stop us.
new Socket({ fd: 1 }).unref()
const backlog = new Backlog((bytes, offset) => writeSync(1, bytes, offset))
// stdin: for readSync below; and it wakes us when nothing is on the wire.
process.stdin.on('end', end).on('error', end).resume()
Error.stackTraceLimit = 0 // readSync says "nothing yet" by throwing

const [device = '', ringMib] = process.argv.slice(2)
const [handle, linkName] = await openForever(device, LISTEN_FILTER, Number(ringMib) * 1024 * 1024)
backlog.add(pcapHeader(linkType(linkName)))
handle.on('packet', take)

function take(length: number): void {
  const at = Math.round((performance.timeOrigin + performance.now()) * 1000)
  const captured = Math.min(length, SNAP_LENGTH)
  setPcapRecord(view, used, at, captured, length)
  packet.copy(block, used + PCAP_RECORD_HEADER_LENGTH, 0, captured)
  used += PCAP_RECORD_HEADER_LENGTH + captured
  if (at >= turnAt) turn(at)
  else if (used + LARGEST_RECORD > BLOCK_BYTES) flush()
  else timer ??= setTimeout(flush, TURN_MICROS / 1000)
}

/** Once in 20 ms, also in a storm: the block is handed on however full, and the end of stdin is noticed. */
function turn(at: number): void {
  turnAt = at + TURN_MICROS
  flush()
  if (stdinEnded()) end()
}

function flush(): void {
  clearTimeout(timer)
  timer = undefined
  const full = used
  used = 0
  try {
    if (full > 0) backlog.add(block.subarray(0, full))
    else backlog.write()
  } catch {
    process.exit(0) // nobody listens any more
  }
  if (!backlog.isEmpty) timer = setTimeout(flush, TURN_MICROS / 1000)
}

function stdinEnded(): boolean {
  try {
    return readSync(0, answer) === 0
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'EAGAIN'
  }
}

function end(): void {
  flush()
  backlog.finish(DRAIN_MS)
  process.exit(0)
}

/** `Unknown linktype 276` is how cap names all it has no word for. */
function linkType(name: string): number {
  return LINK_TYPES[name] ?? OTHER_LINK_TYPES[name] ?? (Number(/\d+$/.exec(name)?.[0]) || LINK_TYPE.ethernet)
}
