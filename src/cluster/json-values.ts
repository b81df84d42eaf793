/**
 * The texts of JSON objects that stand in a row: as `kubectl get --raw` prints them, without anything in between, on lines of
 * their own, or with a line `---` between them. What is none of this stays with the value before it, for the parser to refuse.
 */
export function jsonValues(text: string): readonly string[] {
  if (!mayHaveSeveral(text)) return [text]
  const values: string[] = []
  let start = 0
  for (const end of endsOfValues(text)) {
    values.push(text.slice(start, end))
    start = end + separatorLength(text, end)
  }
  return text.slice(start).trim() === '' ? values : [...values, text.slice(start)]
}

/** What `kubectl` prints of one list, indented or on one line, has none of these: it need not be gone through. */
function mayHaveSeveral(text: string): boolean {
  return ['\n{', '}{', '\n---'].some((junction) => text.includes(junction))
}

const SEPARATOR = /\s*(?:---[ \t]*(?:#[^\n]*)?(?:\n\s*|$))*/y

function separatorLength(text: string, at: number): number {
  SEPARATOR.lastIndex = at
  return SEPARATOR.exec(text)?.[0].length ?? 0
}

const [QUOTE, ESCAPE, OPEN, CLOSE] = ['"', '\\', '{', '}'].map((one) => one.charCodeAt(0))

/** Just behind each brace that closes an outermost object. */
function* endsOfValues(text: string): Generator<number> {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPEN) depth++
    else if (code === CLOSE && --depth === 0) yield at + 1
  }
}

/** The closing quote; the end of the text where there is none. */
function endOfString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    if (!isEscaped(text, at)) return at
  }
  return text.length
}

/** Behind an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text.charCodeAt(before - 1) === ESCAPE) before--
  return (at - before) % 2 === 1
}
