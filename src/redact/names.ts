import { holdsAddress, isInterface, type Vocabulary } from './words.js'

/** What a name names; where one text is several things, the first of these decides. */
const NAME_KINDS = ['node', 'namespace', 'name', 'interface', 'value'] as const
export type NameKind = (typeof NAME_KINDS)[number]

const HASH = /^[0-9a-f]{8,10}$/

/**
 * Pseudonyms for names. First all names are noted, then they are numbered in their own order, so that what a report sorts
 * by name keeps its order; only then can they be read.
 */
export class Names {
  private readonly noted = new Map<NameKind, Set<string>>(NAME_KINDS.map((kind) => [kind, new Set()]))
  private readonly vocabulary: Vocabulary
  /** Names of known words and figures, which stay unless the figures are of an address. */
  private readonly plain = new Map<string, NameKind>()
  private written: ReadonlyMap<string, string> | null = null

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary
  }

  /** The pseudonym, or while names are still noted the name itself. */
  of(kind: NameKind, name: string): string {
    if (this.written !== null) return this.written.get(name) ?? `${kind}-unknown`
    this.noted.get(kind)!.add(name)
    // the first label of a host's full name is a name of its own
    if (kind === 'node' && /^[a-z][^.]*\./i.test(name)) this.noted.get(kind)!.add(name.replace(/\..*/, ''))
    return name
  }

  /** The pseudonym of a name of known words where its figures are of an address, else the name itself. */
  ofWords(kind: NameKind, name: string): string {
    if (this.written === null && /\d[-_]\d/.test(name) && !this.plain.has(name)) this.plain.set(name, kind)
    return this.find(name) ?? name
  }

  /** Null for a text that is nobody's name. */
  find(name: string): string | null {
    return this.written?.get(name) ?? null
  }

  /** Those of some kinds that are replaced, each with its pseudonym. */
  list(...kinds: readonly NameKind[]): Map<string, string> {
    const names = kinds.flatMap((kind) => [...this.noted.get(kind)!])
    return new Map(
      names.flatMap((name) => [[name, this.find(name) ?? name] as const]).filter(([name, one]) => name !== one),
    )
  }

  /** `holdsStart`: whether figures of a name are those of an address, all of which were met. */
  seal(holdsStart: (name: string) => boolean): void {
    for (const [name, kind] of this.plain) if (holdsStart(name)) this.of(kind, name)
    const all = [...this.noted.values()].flatMap((names) => [...names])
    const taken = new Set(all)
    const base = new Map<string, string>()
    for (const kind of NAME_KINDS) {
      const fresh = [...this.noted.get(kind)!].filter(
        (name) => !base.has(name) && !(kind === 'name' && this.isDerived(name)),
      )
      for (const [name, pseudonym] of numbered(kind, fresh, taken)) base.set(name, pseudonym)
    }
    const derived = [...this.noted.get('name')!].filter((name) => this.isDerived(name))
    this.written = new Map([
      ...base,
      ...derived.map(
        (name) => [name, base.get(name) ?? this.derive(name, base, holdsAddress(name) || holdsStart(name))] as const,
      ),
    ])
  }

  /** A name that an announcer made of another one. */
  private isDerived(name: string): boolean {
    return this.vocabulary.derivedBy(name) !== null
  }

  /** `kubevip-web` becomes `kubevip-name-r1`: whoever composes the name from its parts finds it. */
  private derive(name: string, base: ReadonlyMap<string, string>, isAddress: boolean): string {
    const prefix = this.vocabulary.derivedBy(name) ?? ''
    const [parts, written] = [name.slice(prefix.length).split('-'), [] as string[]]
    while (parts.length > 0) {
      const known = longestAtStart(parts, base)
      written.push(known === 0 ? this.unnamed(parts[0]!, isAddress) : base.get(parts.slice(0, known).join('-'))!)
      parts.splice(0, Math.max(1, known))
    }
    return prefix + written.join('-')
  }

  /** `isAddress`: figures in it may be those of one. */
  private unnamed(text: string, isAddress: boolean): string {
    const stays = (word: string) => (this.vocabulary.isKnown(word) && !isInterface(word)) || HASH.test(word)
    return text.replace(/[A-Za-z0-9.]+/g, (word) => (stays(word) && !(isAddress && /\d/.test(word)) ? word : 'x'))
  }
}

/** `node-r01`, `node-r02` …; with another mark where such a name exists. An interface keeps what its makers put first. */
function numbered(kind: NameKind, names: readonly string[], taken: ReadonlySet<string>): [string, string][] {
  const sorted = [...names].sort()
  const width = String(sorted.length).length
  for (let mark = 'r'; ; mark += 'r') {
    const pairs = sorted.map((name, at): [string, string] => [
      name,
      `${prefixOf(kind, name)}-${mark}${String(at + 1).padStart(width, '0')}`,
    ])
    if (!pairs.some(([, pseudonym]) => taken.has(pseudonym))) return pairs
  }
}

function prefixOf(kind: NameKind, name: string): string {
  return kind === 'interface' ? (/^(?:cali|lxc|veth|tap|br)/.exec(name)?.[0] ?? 'if') : kind
}

/** How many of the parts make up the longest name that stands at their start. */
function longestAtStart(parts: readonly string[], names: ReadonlyMap<string, string>): number {
  let count = parts.length
  while (count > 0 && !names.has(parts.slice(0, count).join('-'))) count -= 1
  return count
}
