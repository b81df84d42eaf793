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
  const pieces = text.split(new RegExp(`^%${mark} `, 'm'))
  const probes: Record<string, Probe> = {}
  for (const [at, piece] of pieces.entries()) {
    const name = headline(piece, 'begin')
    if (at === 0 || name === null) continue
    const probe = readFrame(name, pieces.slice(at, at + FRAME_PIECES))
    if (probe) probes[name] = probe
  }
  return {
    probes,
    started: pieces.some((piece) => firstLine(piece) === 'hello'),
    complete: pieces.some((piece) => firstLine(piece) === 'complete'),
  }
}

/** begin, end, status, done. */
const FRAME_PIECES = 4

function readFrame(name: string, [begin, end, status, done]: string[]): Probe | null {
  if (begin === undefined || end === undefined || status === undefined || done === undefined) return null
  if (headline(end, 'end') !== name || headline(done, 'done') !== name) return null
  const code = /^status (\d+)$/.exec(firstLine(status))
  return {
    status: code ? Number(code[1]) : null,
    stdout: body(begin),
    stderr: `${body(end)}\n${body(status)}`.trim(),
  }
}

function headline(piece: string, word: string): string | null {
  const line = firstLine(piece)
  return line.startsWith(`${word} `) ? line.slice(word.length + 1) : null
}

function firstLine(piece: string): string {
  const end = piece.indexOf('\n')
  return end < 0 ? piece : piece.slice(0, end)
}

/** What follows the first line, without the newline that the next frame line brought. */
function body(piece: string): string {
  const start = piece.indexOf('\n')
  return start < 0 ? '' : piece.slice(start + 1).replace(/\n$/, '')
}
