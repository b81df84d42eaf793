import type { Takeover } from '../takeover.js'

/** memberlist's configuration for a LAN: a member that does not answer is suspected for 4 s times log10 of the members, at least 4 s. */
const SUSPICION_MS = 4000
/** "more than about 10s" is slow, by its page on layer 2. */
const SLOW_MS = 10_000

export function metallbTakeover(): Takeover {
  return {
    announcer: 'metallb',
    leastMs: SUSPICION_MS,
    mostMs: SLOW_MS,
    because: 'memberlist suspects a silent speaker for 4 s or more; MetalLB calls more than about 10 s slow',
    source: 'metallb.io/concepts/layer2; hashicorp/memberlist DefaultLANConfig, as in internal/speakerlist',
  }
}
