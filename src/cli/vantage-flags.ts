import { UsageError } from './exit-codes.js'
import { isHost } from './host-list.js'

/** A place to look from, as `--at` names it. */
export type VantageSpec =
  | { readonly kind: 'local'; readonly name: string; readonly interface: string | undefined }
  | { readonly kind: 'ssh'; readonly name: string; readonly interface: string | undefined }
  | { readonly kind: 'pod'; readonly name: string; readonly interface: string | undefined }
  | { readonly kind: 'file'; readonly name: string; readonly file: string }

/** More places at once are a slip of the finger, or a load for the segment. */
const MOST_VANTAGES = 32

const FORMS = 'write ssh:HOST, ssh:HOST/INTERFACE, pod:NODE, pod:NODE/INTERFACE, file:NAME=FILE or local'

/** A DNS subdomain, as Kubernetes calls its nodes. */
const NODE = /^[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/
/** A name, perhaps behind a registry, with a tag or a digest: what no shell and no URL would take for more. */
const IMAGE = /^[\w][\w./:@-]{0,500}$/

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
  if (kind === 'ssh' && text.startsWith('ssh:')) return parsePlace(text, kind, rest, isHost)
  if (kind === 'pod' && text.startsWith('pod:')) return parsePlace(text, kind, rest, isNode)
  throw new UsageError(`--at ${text}: not a place to look from; ${FORMS}`)
}

function parseFile(text: string, rest: string): VantageSpec {
  const at = rest.indexOf('=')
  const [name, file] = [rest.slice(0, at), rest.slice(at + 1)]
  if (at < 1 || file === '')
    throw new UsageError(`--at ${text}: write file:NAME=FILE, the name of the host that recorded it`)
  return { kind: 'file', name, file }
}

function parsePlace(text: string, kind: 'ssh' | 'pod', rest: string, isName: (name: string) => boolean): VantageSpec {
  const [name = '', device, ...more] = rest.split('/')
  if (!isName(name) || device === '' || more.length > 0)
    throw new UsageError(`--at ${text}: not a ${kind === 'pod' ? 'node' : 'host'}; ${FORMS}`)
  return { kind, name, interface: device }
}

/** Whether a pod may be made for a node of that name. */
export function isNode(name: string): boolean {
  return NODE.test(name)
}

/** The image of pods to look from; there is none by default, because nobody but the operator can say which one to trust. */
export function parseImage(image: string | undefined, place: string): string {
  if (image === undefined)
    throw new UsageError(
      `${place} needs an image to run there: --vantage-image IMAGE, built from the Dockerfile of l2doctor`,
    )
  if (!IMAGE.test(image)) throw new UsageError(`--vantage-image ${image}: not the name of an image`)
  return image
}
