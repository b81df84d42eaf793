import type { BridgePort } from '../../src/node/model.js'

/** Of a bridge that learns, floods and answers for nobody. */
export const PORT: BridgePort = {
  bridge: 'br0',
  state: 'forwarding',
  proxyArp: false,
  proxyArpWifi: false,
  neighSuppress: false,
  hairpin: false,
  learning: true,
  flood: true,
  multicastFlood: true,
  broadcastFlood: true,
  isolated: false,
  locked: false,
}
