import { formatIpv4 } from './ipv4.js'

/** An address of either family as text, in the form of RFC 5952; `bytes`: 4 or 16. */
export function ipText(view: DataView, at: number, bytes: 4 | 16): string {
  if (bytes === 4) return formatIpv4(view.getUint32(at))
  const groups = Array.from({ length: 8 }, (_, group) => view.getUint16(at + 2 * group))
  const [start, length] = longestZeros(groups)
  const hex = (some: readonly number[]) => some.map((group) => group.toString(16)).join(':')
  if (length < 2) return hex(groups)
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** Where the first of the longest rows of zero groups begins, and its length. */
function longestZeros(groups: readonly number[]): readonly [start: number, length: number] {
  let [start, length] = [0, 0]
  for (let at = 0; at < groups.length; at++) {
    let end = at
    while (groups[end] === 0) end++
    if (end - at > length) [start, length] = [at, end - at]
    at = Math.max(at, end)
  }
  return [start, length]
}
