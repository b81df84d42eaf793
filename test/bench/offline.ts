import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFile } from '../../src/package-file.js'
import { makeCapture, type RECIPES } from './make-capture.js'
import { type Measured, median, milliseconds } from './measured.js'
import { TELL_MEMORY } from './tell-memory.js'

/** The captures: their recipe, frames, and how often each program reads them. */
const CAPTURES: readonly (readonly [kind: keyof typeof RECIPES, frames: number, tries: number])[] = [
  ['arp', 3_000_000, 5],
  ['families', 3_000_000, 5],
  ['arp', 10_000_000, 3],
  ['mixed', 1_000_000, 5],
  ['mixed', 2_800_000, 1],
]
/** tshark takes a minute for each 3 million frames. */
const TSHARK_FRAMES = 3_000_000
/** To its standard output, which goes nowhere: as root it makes a file that it writes, `/dev/null` too, its own user's. */
const TCPDUMP_COPY = ['-w', '-', 'arp']
const TSHARK = ['tshark', '-n', '-Y', 'arp.duplicate-address-detected', '-T', 'fields', '-e', 'frame.number', '-r']

/** `scan --read`, start-up included, beside tcpdump's copy of the ARP frames and tshark's search for duplicates. */
export async function* measure(): AsyncGenerator<Measured> {
  const arpAlone = new Map<number, number>()
  for (const [kind, frames, tries] of CAPTURES) {
    const folder = mkdtempSync(join(tmpdir(), 'l2doctor-bench-'))
    try {
      const file = join(folder, `${kind}.pcap`)
      const bytes = makeCapture(kind, frames, file)
      const { ours, peer } = read(file, tries)
      yield {
        what: `read ${frames / 1e6} M frames, ${kind}, ${Math.round(bytes / 1e6)} MB`,
        ours: `${milliseconds(ours)}${besideArp(ours, arpAlone.get(frames))}, ${megabytes(file)} MB resident`,
        ...(peer === null ? {} : { peer: `${milliseconds(peer)} tcpdump, a copy: ${(ours / peer).toFixed(1)} x` }),
      }
      if (kind === 'arp') arpAlone.set(frames, ours)
      if (kind === 'arp' && frames <= TSHARK_FRAMES && has('tshark')) yield duplicates(file)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

/** Medians, ms; the peer's is null where it is not installed. */
function read(file: string, tries: number): { readonly ours: number; readonly peer: number | null } {
  const [ours, peer]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < tries; turn++) {
    ours.push(timed(scan(file)))
    if (has('tcpdump')) peer.push(timed(['tcpdump', '-nr', file, ...TCPDUMP_COPY]))
  }
  return { ours: median(ours), peer: peer.length > 0 ? median(peer) : null }
}

/** Beside as many frames of ARP alone, in the same run. */
function besideArp(ours: number, arp: number | undefined): string {
  return arp === undefined ? '' : ` (${(ours / arp).toFixed(2)} x ARP alone)`
}

function duplicates(file: string): Measured {
  const [ours, peer] = [timed(scan(file)), timed([...TSHARK, file])]
  return {
    what: 'duplicates in the same',
    ours: milliseconds(ours),
    peer: `${milliseconds(peer)} tshark, ${(peer / ours).toFixed(0)} x as long`,
  }
}

function scan(file: string): readonly string[] {
  return [process.execPath, packageFile('bin/run.js'), 'scan', '--read', file, '--quiet', '--fail-on', 'never']
}

function megabytes(file: string): number {
  const [node, ...argv] = scan(file)
  const preload = `data:text/javascript,${encodeURIComponent(TELL_MEMORY)}`
  const stdio = ['ignore', 'ignore', 'inherit', 'pipe'] as const
  const { output } = whole(spawnSync(node!, ['--import', preload, ...argv], { stdio: [...stdio] }))
  return Math.round((Number(output[3]) * 1024) / 1e6)
}

function timed([program, ...argv]: readonly string[]): number {
  const start = performance.now()
  whole(spawnSync(program!, argv, { stdio: ['ignore', 'ignore', 'ignore'] }))
  return performance.now() - start
}

function whole(run: SpawnSyncReturns<Buffer>): SpawnSyncReturns<Buffer> {
  if (run.error) throw run.error
  if (run.status !== 0) throw new Error(`a program of the bench ended with code ${run.status ?? run.signal}`)
  return run
}

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined
}
