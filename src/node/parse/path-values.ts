/** `grep -H '' FILES`: one `PATH:VALUE` a line, in order; a file of many lines comes many times. */
export function pathValues(text: string): [path: string, value: string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    return line.startsWith('/') && colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)]] : []
  })
}
