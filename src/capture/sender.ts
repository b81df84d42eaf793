import { CannotLook } from '../known.js'
import type { Confinement } from './confine.js'
import { howToInstall } from './how-to-install.js'
import { capProgram, explainCap } from './live-cap.js'
import { type Ending, type LiveChild, startChild } from './live-child.js'
import { withinTime } from './live-stream.js'
import { PERL_SENDER, PYTHON_SENDER } from './packet-senders.js'
import { noPermission } from './permission.js'

/** Puts frames on the wire, from a process of its own: a storm that keeps the capture busy cannot hold a probe back. */
export interface FrameSender {
  readonly via: Via
  send(frame: Uint8Array): void
  /** Sends what is left and ends. Answers with what the kernel said of frames it refused, each reason once. */
  close(): Promise<readonly string[]>
}

/** `cap` makes the interface promiscuous, the others do not. */
export type Via = 'cap' | 'perl' | 'python3' | 'socat'

export interface Device {
  readonly name: string
  readonly index: number
}

type LocalVia = Exclude<Via, 'socat'>

/** Those that leave the interface as it is come first. */
const WAYS: readonly LocalVia[] = ['perl', 'python3', 'cap']

/** Takes the first way that works. Throws CannotLook of the first that was there, or of all that are missing. */
export async function openSender(device: Device, confinement: Confinement): Promise<FrameSender> {
  let failure: CannotLook | null = null
  for (const via of WAYS) {
    const child = startChild(program(via, device, confinement))
    const first = await withinTime(child.stdout.next())
    if (first?.done === false) return frameSender(child, via, hexLine)
    child.stop()
    failure ??= first === null ? null : explain(via, device.name, await child.ended)
  }
  throw failure ?? noWay(device.name)
}

function program(via: LocalVia, { name, index }: Device, confinement: Confinement): readonly string[] {
  if (via === 'cap') return capProgram(confinement, 'cap-sender-child', name)
  const [option, text] = via === 'perl' ? ['-e', PERL_SENDER] : ['-c', PYTHON_SENDER]
  return confinement.wrap([via, option, text, String(index)])
}

/** Null when the way is not here. */
function explain(via: LocalVia, device: string, ending: Ending): CannotLook | null {
  if (via === 'cap') {
    const error = explainCap(device, ending)
    return error instanceof CannotLook ? error : null
  }
  const complaint = ending.stderr.trim() || `${via} ended with code ${ending.code}`
  if (ending.error?.code === 'ENOENT' || ending.code === 127) return null
  if (/^socket: .*permitted/im.test(complaint)) return noPermission(`sending on ${device}`, complaint, 'tcpdump')
  return new CannotLook({
    subject: `sending on ${device}`,
    reason: complaint,
    hint: 'check the interface with `ip link`',
  })
}

function noWay(device: string): CannotLook {
  const reason = 'nothing here can send frames: perl, python3 and the package cap are all missing'
  return new CannotLook({
    subject: `sending on ${device}`,
    reason,
    hint: `${howToInstall('perl')}, or listen with --passive`,
  })
}

/** A frame as perl and python3 read it. */
export function hexLine(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex')
}

/** What a program that has begun sends for us; `line` is a frame in its own form. */
export function frameSender(child: LiveChild, via: Via, line: (frame: Uint8Array) => string): FrameSender {
  const said = readAll(child.stdout)
  const { stdin } = child.process
  return {
    via,
    send: (frame) => {
      // what is sent in one go is one write, and wakes the program once
      if (stdin?.writableCorked === 0) {
        stdin.cork()
        process.nextTick(() => stdin.uncork())
      }
      stdin?.write(`${line(frame)}\n`)
    },
    close: async () => {
      const died = await endedUnasked(child)
      child.stop()
      const reasons = [...(await said).matchAll(/^failed (.*)$/gm)].map((match) => match[1] ?? '')
      return [...new Set([...reasons, ...died])]
    },
  }
}

/** Why the sender is gone although nobody stopped it: what it was told since was not sent. */
async function endedUnasked({ process: { exitCode, signalCode }, ended }: LiveChild): Promise<string[]> {
  if (exitCode === null && signalCode === null) return []
  const { stderr } = await ended
  const how = signalCode === null ? `ended with code ${exitCode}` : `was ended by ${signalCode}`
  return [[`the sender ${how}`, stderr.trim().split('\n').at(-1)].filter(Boolean).join(': ')]
}

async function readAll(chunks: AsyncIterator<Uint8Array>): Promise<string> {
  let text = ''
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    text = (text + Buffer.from(next.value).toString()).slice(-65_536)
  }
  return text
}
