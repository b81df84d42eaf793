/** What differs from run to run or from machine to machine, and the word that stands for it. */
const MASKS: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MAC'],
  [/\bl2doctor \d+\.\d+\.\d+/g, 'l2doctor VERSION'],
  [/\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'DATE'],
  [/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, 'TIME'],
  [/\b\d+\/\d+ +[\d.]+\/[\d.]+ ms\b/g, 'ROUNDS DURATIONS'],
  [/\b(\d+(\.\d+)? to )?\d+(\.\d+)? m?s\b/g, 'DURATION'],
  // the picture of a failover, and the numbers below it
  [/[●◐·▲]{5,}/g, 'PICTURE'],
  [/\bseconds( -?\d+(\.\d+)?)+/g, 'AXIS'],
  [/\b\d+ of \d+ rounds\b/g, 'ROUNDS'],
  // a proxy comes first now and then: the lab's announcer is a process and may have to wait
  [/, first in \d+/g, ''],
  [/\bframe \d+/g, 'frame N'],
  // which of several hosts is heard first
  [/\bnode-[a-z] \(MAC\)/g, 'NODE (MAC)'],
  [/\(\d+\.\d+\.\d+[\w.+-]*, [^()]+(\(\w+\))?\)/g, '(KERNEL, SYSTEM)'],
]

/** Stands for anything that a page leaves out. */
const LEFT_OUT = '…'

/** An output as it is compared: what may differ is masked, and lines may be broken elsewhere. */
export function comparable(output: string): string {
  return MASKS.reduce((text, [pattern, word]) => text.replace(pattern, word), output.replace(/\s+/g, ' ').trim())
}

/** Both sides to compare: the shown one, and the real one with what the shown one leaves out replaced by `…`. */
export function sides(shown: string, real: string): { shown: string; real: string } {
  const [wanted, actual] = [comparable(shown), comparable(real)]
  const pattern = wanted.split(LEFT_OUT).map(escaped).join('[^]*?')
  return { shown: wanted, real: new RegExp(`^${pattern}$`).test(actual) ? wanted : actual }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
