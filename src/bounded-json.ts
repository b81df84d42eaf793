/** How much JSON is taken from a file or another machine. */
export interface JsonBounds {
  /** Arrays, objects, texts, numbers and words in it: each costs far more memory than its text. */
  readonly values: number
  /** Arrays and objects within each other. */
  readonly depth: number
}

/** Far beyond what l2doctor, Kubernetes or iproute2 write, and what a laptop holds: 4 million values take about 250 MB. */
const JSON_BOUNDS: JsonBounds = { values: 4_000_000, depth: 100 }

/** A text of so many characters is parsed in no time, whatever it holds. */
const SHORT = 100_000
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]

/** JSON.parse within bounds. Throws SyntaxError, or RangeError for a text beyond the bounds. */
export function parseBoundedJson(text: string, bounds: JsonBounds = JSON_BOUNDS): unknown {
  // each value takes a character at least: a short text cannot have too many, and what it became is sooner gone through
  const short = text.length <= Math.min(SHORT, bounds.values) ? parsed(text) : undefined
  if (short !== undefined) return notDeeper(short, bounds.depth)
  const beyond = beyondBounds(text, bounds)
  if (beyond !== null) throw new RangeError(beyond)
  return JSON.parse(text)
}

/** Undefined: it is no JSON, perhaps because it is too much of it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function notDeeper(value: unknown, deepest: number): unknown {
  if (isDeeper(value, deepest)) throw new RangeError(tooDeep(deepest))
  return value
}

function isDeeper(value: unknown, deepest: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (deepest === 0) return true
  for (const item of Array.isArray(value) ? value : Object.values(value)) if (isDeeper(item, deepest - 1)) return true
  return false
}

function tooDeep(deepest: number): string {
  return `it is nested more than ${deepest} deep`
}

/** What is too much about it; null when it is within the bounds. Text that is no JSON is for JSON.parse to refuse. */
export function beyondBounds(text: string, { values: most, depth: deepest }: JsonBounds): string | null {
  let [values, depth] = [1, 0]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = endOfText(text, at + 1)
    else if (unit === COMMA) values += 1
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      values += 1
      depth += 1
      if (depth > deepest) return tooDeep(deepest)
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth -= 1
    if (values > most) return `it has more than ${most} values`
  }
  return null
}

/** The quote that ends a text, or a place beyond the end. */
function endOfText(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at > from && text.charCodeAt(at - 1) === BACKSLASH && isEscaped(text, at, from)) at = text.indexOf('"', at + 1)
  return at < 0 ? text.length : at
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, quote: number, from: number): boolean {
  let at = quote
  while (at > from && text.charCodeAt(at - 1) === BACKSLASH) at -= 1
  return (quote - at) % 2 === 1
}
