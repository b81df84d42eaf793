import { UsageError } from './exit-codes.js'
import { isHost } from './host-list.js'

/** A place to look from, as `--at` names it. */
export type VantageSpec =
  | { readonly kind: 'local'; readonly name: string; readonly interface: string | undefined }
  | { readonly kind: 'ssh'; readonly name: string; readonly interface: string | undefined }
  | { readonly kind: 'file'; readonly name: string; readonly file: string }

/** More places at once are a slip of the finger, or a load for the segment. */
const MOST_VANTAGES = 32

const FORMS = 'write ssh:HOST, ssh:HOST/INTERFACE, file:NAME=FILE or local'

/** `--at` values; each place once. */
export function parseVantages(texts: readonly string[]): VantageSpec[] {
  const all = texts.map(parseVantage)
  const twice = all.find((one, at) => all.findIndex((other) => labelOf(other) === labelOf(one)) < at)
  if (twice) throw new UsageError(`--at: ${labelOf(twice)} is named twice; name each place once`)
  if (all.length > MOST_VANTAGES) throw new UsageError(`--at: more than ${MOST_VANTAGES} places; name fewer`)
  return all
}

/** What the report calls it. */
export function labelOf(spec: VantageSpec): string {
  return spec.kind === 'file' || spec.interface === undefined ? spec.name : `${spec.name}/${spec.interface}`
}

function parseVantage(text: string): VantageSpec {
  const [, kind = '', rest = ''] = /^(\w+)(?:[:/](.*))?$/.exec(text) ?? []
  if (kind === 'local' && !text.startsWith('local:')) return { kind, name: 'local', interface: rest || undefined }
  if (kind === 'file' && text.startsWith('file:')) return parseFile(text, rest)
  if (kind === 'ssh' && text.startsWith('ssh:')) return parseSsh(text, rest)
  throw new UsageError(`--at ${text}: not a place to look from; ${FORMS}`)
}

function parseFile(text: string, rest: string): VantageSpec {
  const at = rest.indexOf('=')
  const [name, file] = [rest.slice(0, at), rest.slice(at + 1)]
  if (at < 1 || file === '')
    throw new UsageError(`--at ${text}: write file:NAME=FILE, the name of the host that recorded it`)
  return { kind: 'file', name, file }
}

function parseSsh(text: string, rest: string): VantageSpec {
  const [host = '', device, ...more] = rest.split('/')
  if (!isHost(host) || device === '' || more.length > 0) throw new UsageError(`--at ${text}: not a host; ${FORMS}`)
  return { kind: 'ssh', name: host, interface: device }
}
