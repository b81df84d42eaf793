import { ArpDecoder, OUTCOME, OUTCOMES, type OutcomeName, WORD } from './arp-decoder.js'
import type { Mac } from './mac.js'
import type { ArpFrame } from './write-arp.js'

export type Decoded =
  | { readonly ok: true; readonly frame: Required<ArpFrame> }
  | { readonly ok: false; readonly reason: Exclude<OutcomeName, 'arp'> }

/** Decodes one captured frame (default link type: Ethernet) to its ARP packet, or says why there is none. Never throws. */
export function decodeFrame(bytes: Uint8Array, linkType = 1): Decoded {
  const decoder = new ArpDecoder()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const outcome = decoder.decode(view, 0, bytes.length, linkType)
  if (outcome === OUTCOME.arp) return { ok: true, frame: decodedArp(decoder) }
  return { ok: false, reason: OUTCOMES[outcome] as Exclude<OutcomeName, 'arp'> }
}

/** The frame which a decoder holds, as a value. */
function decodedArp({ words, vlans, vlanCount }: ArpDecoder): Required<ArpFrame> {
  return {
    ethDst: macAt(words, 0, false),
    ethSrc: macAt(words, 1, true),
    vlans: [...vlans.subarray(0, vlanCount)],
    oper: words[WORD.arp]! >>> 16,
    sha: macAt(words, 3, true),
    spa: words[WORD.spa]! >>> 0,
    tha: macAt(words, 6, false),
    tpa: words[WORD.tpa]! >>> 0,
  }
}

/** A MAC which starts at a word, or in the second half of it. */
export function macAt(words: Int32Array, word: number, secondHalf: boolean): Mac {
  const [first, second] = [words[word]!, words[word + 1]!]
  return secondHalf
    ? (first & 0xffff) * 2 ** 32 + (second >>> 0)
    : (first >>> 16) * 2 ** 32 + (((first << 16) | (second >>> 16)) >>> 0)
}
