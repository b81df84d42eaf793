export interface PathValue {
  readonly path: string
  readonly value: string
}

/** `grep -H '' FILES`: one `PATH:VALUE` a line, in order; a file of many lines comes many times. */
export function pathValues(text: string): PathValue[] {
  const all: PathValue[] = []
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    if (line.startsWith('/') && colon > 0) all.push({ path: line.slice(0, colon), value: line.slice(colon + 1) })
  }
  return all
}
