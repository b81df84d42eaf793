/** What one command of the collector printed. Plain JSON: this is what a snapshot keeps. */
export interface Probe {
  /** Exit status; null when the run ended before it was told. */
  readonly status: number | null
  readonly stdout: string
  /** At most 2000 bytes of it. */
  readonly stderr: string
}

/** Every probe that ended, by name, and how the whole run ended. */
export interface Collected {
  readonly probes: Readonly<Record<string, Probe>>
  /** The script began: there is a shell. */
  readonly started: boolean
  /** The script reached its last line. */
  readonly complete: boolean
}

/**
 * Takes the collector's output apart. Untrusted: any bytes are accepted, invalid UTF-8 becomes U+FFFD, what stands
 * outside a frame (a banner) is dropped, and a frame that never ends is no probe.
 */
export function parseCollected(output: Uint8Array, mark: string): Collected {
  const text = new TextDecoder().decode(output)
  const pieces = text.split(`\n%${mark} `)
  const probes: Record<string, Probe> = {}
  const said = pieces.map(firstLine)
  for (let at = 1; at < pieces.length; at++) {
    if (!said[at]!.startsWith('begin ')) continue
    const words = said[at]!.split(' ')
    const probe = readFrame(words[1]!, Number(words[2]), pieces.slice(at, at + FRAME_PIECES))
    if (probe) probes[words[1]!] = probe
  }
  return { probes, started: said.includes('hello', 1), complete: said.includes('complete', 1) }
}

/** The status of a command whose output was cut off at its limit: what a shell says of SIGPIPE. */
export const CUT_OFF = 141

/** begin, end, status, done. */
const FRAME_PIECES = 4

function readFrame(name: string, limit: number, [begin, end, status, done]: string[]): Probe | null {
  if (begin === undefined || end === undefined || status === undefined || done === undefined) return null
  if (firstLine(end) !== `end ${name}` || firstLine(done) !== `done ${name}`) return null
  const stdout = body(begin)
  const code = /^status (\d+)$/.exec(firstLine(status))
  return {
    status: isCut(stdout, limit) ? CUT_OFF : code ? Number(code[1]) : null,
    stdout,
    stderr: body(end).trim(),
  }
}

/** A command that ends well although nobody read its last bytes was cut off all the same. */
function isCut(stdout: string, limit: number): boolean {
  return Buffer.byteLength(stdout) >= limit
}

function firstLine(piece: string): string {
  const end = piece.indexOf('\n')
  return end < 0 ? piece : piece.slice(0, end)
}

/** What follows the first line; the newline before the next frame line is not part of it. */
function body(piece: string): string {
  const start = piece.indexOf('\n')
  return start < 0 ? '' : piece.slice(start + 1)
}
