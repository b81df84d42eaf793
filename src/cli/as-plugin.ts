import { basename } from 'node:path'
import { COMMANDS } from './command-names.js'

/** The name that kubectl gives to its plugin `l2doctor`. */
const PLUGIN = 'kubectl-l2doctor'
/** A command line of ours in a text: what follows is a command, or a flag. */
const COMMAND_LINE = new RegExp(
  String.raw`(?<!kubectl |[\w/.-])l2doctor(?=\s+(?:(?:${[...COMMANDS, 'help'].join('|')})\b|--))`,
  'g',
)

/** How the user called us; the command lines that we print are to work for that user. */
export function calledAs(program = process.argv[1] ?? ''): string {
  return basename(program) === PLUGIN ? 'kubectl l2doctor' : 'l2doctor'
}

/** From now on the command lines in all that is printed are those of kubectl's plugin. */
export function speakAsPlugin(streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
    stream.write = (chunk: unknown, ...more: unknown[]) =>
      write(typeof chunk === 'string' ? asPlugin(chunk) : chunk, ...more)
  }
}

export function asPlugin(text: string): string {
  return text.replace(COMMAND_LINE, 'kubectl l2doctor')
}
