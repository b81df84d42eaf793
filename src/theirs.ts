/** Longer text of others than this is cut where it is quoted. */
const MOST = 200

/** Controls, format characters, separators and lone surrogates: what a terminal or a log viewer would obey. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu

/** What another machine or a file says, marked as theirs: one line in quotes, with nothing in it that a terminal obeys. */
export function theirs(text: string): string {
  const line = text
    .slice(0, 4 * MOST)
    .replace(UNSAFE, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replaceAll('"', "'")
  return `"${line.length > MOST ? `${line.slice(0, MOST)}…` : line}"`
}
