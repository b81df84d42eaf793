export interface PathValue {
  readonly path: string
  readonly value: string
}

/** `grep -H '' FILES`: one `PATH:VALUE` a line, in order; a file of many lines comes many times. */
export function* pathValues(text: string): Generator<PathValue> {
  for (let from = 0, end = 0; from < text.length; from = end + 1) {
    end = text.indexOf('\n', from)
    if (end < 0) end = text.length
    const line = text.slice(from, end)
    const colon = line.indexOf(':')
    if (line.startsWith('/') && colon > 0) yield { path: line.slice(0, colon), value: line.slice(colon + 1) }
  }
}
