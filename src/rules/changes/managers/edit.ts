import type { Change } from '../../../answering/change/model.js'
import type { InterfaceOwner } from '../../../node/model.js'
import { type ShellCommand, ShellPart, sh } from '../../shell.js'

/** A change of a manager's own files, as command lines, and what takes it back. */
export interface Edit {
  readonly run: ShellCommand
  readonly undo: ShellCommand
}

/** How a manager keeps a change; null: it has no key for it, or its files are not that simple. */
export type Editor = (change: Change, owner: InterfaceOwner) => Edit | null

/** What a `sed` does to some files, as expressions of extended regular expressions, and what undoes it. */
export interface Cut {
  readonly out: readonly string[]
  readonly back: string
}

/** `files` is text for the shell: a name, or a pattern that has a match. What is not found in them changes nothing. */
export function cutting({ out, back }: Cut, files: ShellPart): Edit {
  const expressions = new ShellPart(out.map((one) => sh`-e ${one}`).join(' '))
  return { run: sh`sed -i -zE ${expressions} ${files}`, undo: sh`sed -i -E ${back} ${files}` }
}

/** The comment that stands before a line that is out. */
export function markOf(subject: string): string {
  return `#l2doctor ${subject}: `
}

/** Takes the comments away again. */
export function withoutMark(subject: string): string {
  return `s%^${literally(markOf(subject))}%%`
}

/** As an extended expression between `%`. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\%]/g, '\\$&')
}

/** `10.0.0.240(/32)?`: the length of a whole address may be left out. */
export function prefixLike({ ip, length }: { readonly ip: string; readonly length: number }): string {
  const whole = length === (ip.includes(':') ? 128 : 32)
  return `${literally(ip)}${whole ? `(/${length})?` : `/${length}`}`
}
