/**
 * What a terminal, a log viewer or a parser could obey instead of show: C0 and C1 controls (ESC, CSI, OSC), format
 * characters (bidirectional overrides, zero widths, tags), line and paragraph separators, lone surrogates and the
 * noncharacters that XML forbids. Tab and newline are kept.
 */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu

/** Text from outside (a node, an API object, an interface name) with everything a terminal would obey taken out. */
export function printable(text: string): string {
  return inert(text.replaceAll('\r\n', '\n').replace(UNSAFE, '\ufffd'))
}

/** White space of this line alone: over line ends it would be gone through again from each of them. */
const COMMAND = /^([^\S\n\r\u2028\u2029]*)::(?=[\w-]+(?: .*)?::)/gm

/** No line in it is one that the GitHub Actions runner takes for a command: `::error …::`, or `##[error]` anywhere. */
export function inert(text: string): string {
  return text.replace(COMMAND, '$1;;').replaceAll('##[', '# [')
}

/** A report with `clean` applied to each of its strings, so that no section of a reporter can forget one. */
export function printableReport<T extends object>(report: T, clean: (text: string) => string = printable): T {
  return mapStrings(report, clean) as T
}

function mapStrings(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), mapStrings(item, clean)]))
}

/** JSON in which the same characters, and the bracket of `##[`, stand as escapes: the same value, harmless on a terminal. */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, escapeUnits).replaceAll('##[', '##\\u005b')
}

function escapeUnits(character: string): string {
  return character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** White space of any kind, line breaks included, as single spaces: for table cells, titles and log lines. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
