/** A regular expression of Go (RE2), as far as operators write them for interface names; runs in linear time (run.ts). */
export type Pattern =
  | { readonly kind: 'char'; readonly has: (code: number) => boolean }
  | { readonly kind: 'start' | 'end' | 'empty' }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly least: number; readonly most: number | null }

/** RE2 refuses higher counts. */
const MOST_REPEATS = 1000

/** Null for what Go would refuse, and for what is not understood here: nobody can say then what it matches. */
export function parsePattern(text: string): Pattern | null {
  try {
    const parser = new Parser(text)
    const pattern = parser.alternatives()
    return parser.atEnd() ? pattern : null
  } catch (error) {
    if (error instanceof NotUnderstood) return null
    throw error
  }
}

class NotUnderstood extends Error {}

const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  alternatives(): Pattern {
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    return parts.length === 1 ? parts[0]! : { kind: 'either', parts }
  }

  #sequence(): Pattern {
    const parts: Pattern[] = []
    while (!this.atEnd() && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeated())
    return { kind: 'sequence', parts }
  }

  #repeated(): Pattern {
    const part = this.#atom()
    const bounds = this.#bounds()
    if (bounds === null) return part
    this.#take('?') // lazy or not, the same names match
    if (this.#bounds() !== null) throw new NotUnderstood()
    return { kind: 'repeat', part, ...bounds }
  }

  #bounds(): { least: number; most: number | null } | null {
    if (this.#take('*')) return { least: 0, most: null }
    if (this.#take('+')) return { least: 1, most: null }
    if (this.#take('?')) return { least: 0, most: 1 }
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at))
    if (!counted) return null
    this.#at += counted[0].length
    const least = Number(counted[1])
    const most = counted[2] === undefined ? least : counted[3] === '' ? null : Number(counted[3])
    if (Math.max(least, most ?? 0) > MOST_REPEATS || (most !== null && most < least)) throw new NotUnderstood()
    return { least, most }
  }

  #atom(): Pattern {
    const char = this.#next()
    if (char === '(') return this.#group()
    if (char === '[') return { kind: 'char', has: this.#set() }
    if (char === '.') return { kind: 'char', has: () => true }
    if (char === '^') return { kind: 'start' }
    if (char === '$') return { kind: 'end' }
    if (char === '*' || char === '+' || char === '?') throw new NotUnderstood()
    return { kind: 'char', has: char === '\\' ? this.#escape() : same(char) }
  }

  #group(): Pattern {
    if (this.#peek() === '?' && !this.#take('?:')) throw new NotUnderstood()
    const inner = this.alternatives()
    if (!this.#take(')')) throw new NotUnderstood()
    return inner
  }

  #escape(): (code: number) => boolean {
    const char = this.#next()
    const known = CLASSES[char]
    if (known) return known
    if (/[A-Za-z0-9]/.test(char)) throw new NotUnderstood()
    return same(char)
  }

  /** `[a-z0-9]`, `[^0]`; a `]` that comes first is itself. */
  #set(): (code: number) => boolean {
    const inverted = this.#take('^')
    const members: ((code: number) => boolean)[] = []
    do members.push(this.#member())
    while (!this.#take(']'))
    return (code) => members.some((has) => has(code)) !== inverted
  }

  #member(): (code: number) => boolean {
    const from = this.#next()
    if (from === '[' && this.#peek() === ':') throw new NotUnderstood()
    if (from === '\\') return this.#escape()
    if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']') return same(from)
    this.#at += 1
    const [low, high] = [from.charCodeAt(0), this.#next().charCodeAt(0)]
    if (high < low) throw new NotUnderstood()
    return (code) => code >= low && code <= high
  }

  #peek(): string | undefined {
    return this.#text[this.#at]
  }

  #next(): string {
    const char = this.#text[this.#at++]
    if (char === undefined) throw new NotUnderstood()
    return char
  }

  #take(wanted: string): boolean {
    if (!this.#text.startsWith(wanted, this.#at)) return false
    this.#at += wanted.length
    return true
  }
}

function same(char: string): (code: number) => boolean {
  const wanted = char.charCodeAt(0)
  return (code) => code === wanted
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
}

function isSpace(code: number): boolean {
  return [9, 10, 12, 13, 32].includes(code)
}
