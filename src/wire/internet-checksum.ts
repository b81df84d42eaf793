/** RFC 1071: the ones' complement sum of [start, end) as 16-bit words, an odd byte padded with zero; 0xffff is right. */
export function onesSum(view: DataView, start: number, end: number, before = 0): number {
  let sum = before
  let at = start
  for (; end - at >= 2; at += 2) sum += view.getUint16(at)
  if (at < end) sum += view.getUint8(at) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}
